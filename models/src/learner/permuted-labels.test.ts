import { TOPICS, type LabelRecord, type Prediction } from '@hark/contracts';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CLASSIFIER_NAMES, classifierByName } from '../classifiers/registry.js';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { Learner } from './learner.js';
import { FEATURES, InputLog, RecordedOutputs, SCHEMA, window } from './testing/window-stream.js';

/**
 * Classes have the numbers in whose order they were first learned, and no arithmetic sees a name. So with other names
 * the same comes out to the bit, under the other names.
 */
const PERMUTATIONS: readonly Readonly<Record<string, string>>[] = [
  { sit: 'walk', walk: 'bike', bike: 'sit' },
  { sit: 'bike', walk: 'walk', bike: 'sit' },
  { sit: 'stairsdown', walk: 'aerobics', bike: 'null-like' },
];
const ACTIVITIES = ['sit', 'walk', 'bike'];
const same = (name: string) => name;

describe.each(CLASSIFIER_NAMES)('the classifier %s', (name) => {
  /** The classes and the bits of every answer, over windows of which some are mislabelled. */
  function answers(rename: (label: string) => string) {
    const classifier = classifierByName(name).create({ dimensions: 3, seed: 7 });
    const random = new Xoshiro128(5);
    const given: string[] = [];
    for (let i = 0; i < 400; i++) {
      const activity = ACTIVITIES[Math.floor(i / 4) % 3];
      const { features } = window(i, activity);
      const said = classifier.predict(features);
      given.push(Buffer.from(said.buffer, said.byteOffset, said.byteLength).toString('hex'));
      const label = random.nextUniform() < 0.1 ? ACTIVITIES[i % 3] : activity;
      classifier.learn(features, rename(label));
    }
    return { classes: classifier.classes, given };
  }

  it.each(PERMUTATIONS)('answers the same to the bit under the names %o', (names) => {
    const plain = answers(same);
    const permuted = answers((label) => names[label]);
    expect(plain.classes).toHaveLength(3);
    expect(permuted.classes).toEqual(plain.classes.map((label) => names[label]));
    expect(permuted.given).toEqual(plain.given);
  });
});

describe('the learner', () => {
  /**
   * A stream with all that labels have a part in: two users with two devices each, early and final windows, labels with
   * their windows and later, challengers that are promoted, a stretch in which everything is called another, versions
   * and a rollback.
   */
  function predictions(rename: (label: string) => string): Prediction[] {
    const outputs = new RecordedOutputs();
    const windows = new Map<number, Uint8Array>();
    const learner = new Learner(
      {
        classifier: classifierByName('ensemble'),
        challengers: [classifierByName('lda'), classifierByName('hoeffding')],
        challengeRules: { windows: 50, margin: 0, significance: 0.9 },
        onBetterChallenger: 'promote',
        classifiers: (name) => (CLASSIFIER_NAMES.includes(name) ? classifierByName(name) : null),
        featureSchema: SCHEMA,
        featureNames: FEATURES,
        versionEvery: 40,
        usersAtHand: 1,
        labelHorizonMs: 600_000,
      },
      {
        artifacts: outputs,
        digest: (bytes) => createHash('sha256').update(bytes).digest('hex'),
        windowAt: (offset) => windows.get(offset) ?? null,
      },
    );
    const log = new InputLog();
    for (let i = 0; i < 600; i++) {
      const activity = ACTIVITIES[(Math.floor(i / 7) + (i > 400 ? 1 : 0)) % 3];
      const truth = i > 400 ? ACTIVITIES[Math.floor(i / 7) % 3] : activity;
      const user = Math.floor(i / 50) % 2 === 0 ? 'ann' : 'bob';
      const device = i % 5 === 0 ? 'watch' : 'phone';
      const record = window(i, activity, { user, device, label: i % 3 === 0 ? null : rename(truth) });
      log.window({ ...record, final: false, revision: 0, label: null }).window(record);
      if (i % 30 === 29) log.label(late(record.startMs - 6 * 1280, user, rename(truth)));
      if (i === 300) log.command({ kind: 'rollback', to: 3, learning: 'continue', reason: null });
    }
    for (const { topic, record } of log.inputs) {
      if (topic === TOPICS.windows) windows.set(record.offset, record.value);
      learner.process(topic, 0, record, outputs);
    }
    return outputs.of<Prediction>(TOPICS.predictions);
  }

  const late = (fromMs: number, user: string, activity: string): LabelRecord => ({
    ...{ kind: 'label', user, device: null, activity, source: 'user' },
    fromNs: `${fromMs}000000`,
    toNs: `${fromMs + 4 * 1280}000000`,
  });

  it.each(PERMUTATIONS)('predicts the same to the bit under the names %o', (names) => {
    const plain = predictions(same);
    const permuted = predictions((label) => names[label]);
    const known = new Set(plain.map(({ activity }) => activity));
    expect([...known].sort()).toEqual(expect.arrayContaining([...ACTIVITIES]));
    expect(new Set(plain.map(({ modelVersion }) => modelVersion)).size).toBeGreaterThan(5);
    const renamed = plain.map((prediction) => ({
      ...prediction,
      activity: names[prediction.activity] ?? prediction.activity,
      label: prediction.label === null ? null : names[prediction.label],
      probabilities: Object.fromEntries(
        Object.entries(prediction.probabilities).map(([name, value]) => [names[name], value]),
      ),
    }));
    expect(permuted).toEqual(renamed);
  });
});
