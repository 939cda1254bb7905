import { describe, expect, it } from 'vitest';
import { TOPICS, type Prediction, type WindowRecord } from '@hark/contracts';
import { createFeatureExtractor } from '@hark/features';
import { DEFAULT_CLASSIFIER, classifierByName } from '../classifiers/registry.js';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { Learner } from './learner.js';
import { InputLog, RecordedOutputs, window } from './testing/window-stream.js';

const { schema: featureSchema, names: featureNames } = createFeatureExtractor();

/** A window with features of the service about a centre of its class, or with those given. */
function of(i: number, label: string | null, change: Partial<WindowRecord> = {}): WindowRecord {
  const centre = new Xoshiro128(
    1 + [...(label ?? 'sit')].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7),
  );
  const noise = new Xoshiro128(i + 1);
  const features = Float64Array.from(
    featureNames,
    () => centre.nextUniform() + 0.3 * (noise.nextUniform() - 0.5),
  );
  return window(i, 'sit', { label, features, featureSchema, ...change });
}

/** All that the service's learner says of the windows, restored from its own snapshot after every so many. */
function answers(windows: readonly WindowRecord[], restoredEvery = 50) {
  const outputs = new RecordedOutputs();
  const make = () =>
    new Learner(
      { classifier: classifierByName(DEFAULT_CLASSIFIER), featureSchema, featureNames, usersAtHand: 2 },
      { artifacts: outputs, digest: (bytes) => String(bytes.length) },
    );
  let learner = make();
  const log = new InputLog();
  for (const each of windows) log.window(each);
  log.inputs.forEach(({ topic, record }, i) => {
    learner.process(topic, 0, record, outputs);
    if (i % restoredEvery !== restoredEvery - 1) return;
    const state = learner.snapshot();
    learner = make();
    learner.restore(state);
  });
  const predictions = outputs.of<Prediction>(TOPICS.predictions);
  expect(predictions).toHaveLength(windows.length);
  for (const { confidence, probabilities } of predictions) {
    const values = Object.values(probabilities);
    for (const value of [confidence, ...values]) expect(value >= 0 && value <= 1).toBe(true);
    if (values.length > 0) expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
  }
  const status = learner.status();
  // NaN and infinities would be null in it.
  expect(JSON.stringify({ ...status, challengers: [] })).not.toMatch(/:null/);
  return { predictions, status, windows: status.windows, state: learner.snapshot() };
}

const CLASSES = ['walk', 'sit', 'lie'];
const usual = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => of(from + i, CLASSES[Math.floor((from + i) / 5) % 3]));

describe('a learner with everything on', () => {
  it.each([NaN, Infinity, -Infinity])(
    'answers a window with %d in it by no data, learns nothing of it, goes on',
    (bad) => {
      const broken = usual(90, 100).map((each, i) => ({
        ...each,
        features: each.features.map((value, f) => (f === (i * 13) % 124 ? bad : value)),
      }));
      const { predictions, windows, status } = answers([...usual(0, 90), ...broken, ...usual(100, 190)]);
      for (const { state, reason } of predictions.slice(90, 100)) {
        expect([state, reason]).toEqual(['unknown', 'no_data']);
      }
      expect(windows).toMatchObject({ seen: 190, final: 190, labelled: 190, learned: 180, refused: 0 });
      expect(status.scores.recent.accuracy).toBeGreaterThan(0.9);
    },
  );

  it('stays finite on values of any size', () => {
    const wild = usual(60, 120).map((each, i) => ({
      ...each,
      features: each.features.map((value, f) =>
        f % 7 === i % 7 ? value * [1e300, -1e300, 1e-300, 1e12][i % 4] : value,
      ),
    }));
    const { windows } = answers([...usual(0, 60), ...wild, ...usual(120, 180)]);
    expect(windows.learned).toBe(180);
  });

  it('knows one class only, where there is one only', () => {
    const { predictions } = answers(Array.from({ length: 60 }, (_, i) => of(i, 'walk')));
    expect(predictions[0]).toMatchObject({ state: 'cold', reason: 'model_cold' });
    for (const { probabilities } of predictions.slice(1)) expect(probabilities).toEqual({ walk: 1 });
  });

  it('stays finite on constant features, whatever their labels', () => {
    const features = new Float64Array(featureNames.length).fill(0.25);
    const { windows, status } = answers(
      Array.from({ length: 300 }, (_, i) => of(i, CLASSES[i % 3], { features, user: `user${i % 2}` })),
    );
    expect(windows.learned).toBe(300);
    expect(status.classes).toHaveLength(3);
  });

  it('recognises a class that comes late', () => {
    const late = Array.from({ length: 40 }, (_, i) => of(600 + i, 'bike'));
    const { predictions } = answers([...usual(0, 600), ...late]);
    const right = predictions.slice(620).filter(({ probabilities }) => probabilities.bike > 0.5).length;
    expect(right).toBeGreaterThanOrEqual(18);
  });

  it('keeps 32 classes, counts windows of a 33rd as refused, and goes on', () => {
    const many = Array.from({ length: 330 }, (_, i) => of(i, `class${i % 33}`));
    const { windows, status } = answers(many);
    expect(status.classes).toHaveLength(32);
    expect(windows).toMatchObject({ labelled: 330, learned: 320, refused: 10 });
  });

  it('answers users of one window each, and keeps few of them at hand', () => {
    const once = Array.from({ length: 60 }, (_, i) => of(300 + i, CLASSES[i % 3], { user: `once${i}` }));
    const { status, predictions } = answers([...usual(0, 300), ...once]);
    expect(status.users).toEqual({ atHand: 2, away: 59 });
    const right = predictions.slice(300).filter(({ activity, label }) => activity === label).length;
    expect(right).toBeGreaterThan(50);
  });

  it('restored after every window, says and knows the same of windows unlike any other, too', () => {
    // Each after one without a label: that one's answer is nothing for the next label to judge.
    const windows = usual(0, 340).map((each, i) => {
      if (i < 300) return each;
      if (i % 8 === 7) return { ...each, label: null };
      return i % 8 === 0 ? { ...each, features: each.features.map((value) => 40 * value) } : each;
    });
    const [straight, restored] = [answers(windows, 1000), answers(windows, 1)];
    expect(straight.predictions.some(({ reason }) => reason === 'out_of_distribution')).toBe(true);
    expect(restored.predictions).toEqual(straight.predictions);
    expect(restored.state).toEqual(straight.state);
  }, 120_000);
});
