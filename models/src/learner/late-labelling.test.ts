import { createHash } from 'node:crypto';
import {
  TOPICS,
  formatNanoseconds,
  type LabelRecord,
  type ModelEvent,
  type Prediction,
} from '@hark/contracts';
import { describe, expect, it } from 'vitest';
import { randomFeatureRls } from '../classifiers/random-feature-rls.js';
import type { LearnerOptions } from './learner-options.js';
import { Learner } from './learner.js';
import { FEATURES, InputLog, RecordedOutputs, SCHEMA, window } from './testing/window-stream.js';

/** A learner that finds its windows again in the log it was given. */
function setUp(options: Partial<LearnerOptions> = {}) {
  const log = new InputLog();
  const outputs = new RecordedOutputs();
  const learner = new Learner(
    {
      ...{ classifier: randomFeatureRls, featureSchema: SCHEMA, featureNames: FEATURES },
      ...{ labelHorizonMs: 3_600_000, interpolation: false, ...options },
    },
    {
      artifacts: outputs,
      digest: (bytes) => createHash('sha256').update(bytes).digest('hex'),
      windowAt: (offset) =>
        log.inputs.find(({ topic, record }) => topic === TOPICS.windows && record.offset === offset)?.record
          .value ?? null,
    },
  );
  let taken = 0;
  const run = () => {
    for (const { topic, record } of log.inputs.slice(taken)) learner.process(topic, 0, record, outputs);
    taken = log.inputs.length;
  };
  return {
    log,
    learner,
    run,
    learned: () => learner.status().windows.learned,
    events: () => outputs.of<ModelEvent>(TOPICS.models),
    predictions: () => outputs.of<Prediction>(TOPICS.predictions),
  };
}

const startMs = (i: number) => window(i, 'sit').startMs;
const label = (from: number, to: number, activity: string, device: string | null = null): LabelRecord => ({
  ...{ kind: 'label', user: 'ann', device, activity, source: 'user' },
  fromNs: formatNanoseconds(startMs(from), 0),
  toNs: formatNanoseconds(startMs(to) + 1, 0),
});
const unlabelled = (i: number, activity: string) => window(i, activity, { label: null });

describe('windows that are about to be trimmed', () => {
  it('wait for no label any more, nor can one be taken back from them', () => {
    const { log, learner, run, learned, events } = setUp();
    for (let i = 0; i < 20; i++) log.window(window(i, 'sit'));
    for (let i = 20; i < 30; i++) log.window(unlabelled(i, 'walk'));
    log.label(label(20, 22, 'walk'));
    run();
    expect(learned()).toBe(22);
    expect(learner.status().windows.waiting).toBe(8);
    log.command({ kind: 'forget', windowsBefore: 25 });
    run();
    expect(learner.status().windows.waiting).toBe(5);
    log.label({ kind: 'undo', label: 0 });
    log.label(label(20, 30, 'walk'));
    run();
    expect(learned()).toBe(27);
    expect(events().at(-1)).toMatchObject({ kind: 'labelled', windows: 5 });
  });
});

describe('a label that comes late', () => {
  it('is learned by the windows of its stretch, and says how they were answered before and are now', () => {
    const { log, run, learned, events } = setUp();
    for (let i = 0; i < 20; i++) log.window(window(i, 'sit'));
    for (let i = 20; i < 30; i++) log.window(unlabelled(i, 'walk'));
    run();
    expect(learned()).toBe(20);
    log.label(label(20, 30, 'walk'));
    run();
    expect(learned()).toBe(30);
    expect(events().at(-1)).toEqual({
      ...{ kind: 'labelled', label: 0, user: 'ann', device: null, activity: 'walk', windows: 10 },
      before: { windows: 10, right: 0, activities: { sit: 10 } },
      after: { windows: 10, right: 10, activities: { walk: 10 } },
    });
  });

  it('is scored by what had been answered', () => {
    const { log, run, learner } = setUp();
    for (let i = 0; i < 10; i++) log.window(window(i, 'sit'));
    for (let i = 10; i < 14; i++) log.window(unlabelled(i, 'sit'));
    log.label(label(10, 14, 'walk'));
    run();
    const { overall } = learner.status().scores;
    expect(overall.windows).toBe(13);
    expect(overall.accuracy).toBeCloseTo(9 / 13, 12);
  });

  it('is of its device alone, and of windows that have none', () => {
    const { log, run, events } = setUp();
    log.window(window(0, 'sit')).window(unlabelled(1, 'sit'));
    log.window(window(1, 'sit', { label: null, device: 'watch' }));
    log.label(label(0, 5, 'sit', 'watch'));
    run();
    expect(events().at(-1)).toMatchObject({ kind: 'labelled', windows: 1 });
  });

  it('waits for windows of its stretch that are still to come', () => {
    const { log, run, learned, predictions } = setUp();
    log
      .window(window(0, 'sit'))
      .label(label(1, 3, 'sit'))
      .window(unlabelled(1, 'sit'));
    log.window(unlabelled(9, 'sit'));
    run();
    expect(learned()).toBe(2);
    expect(predictions().map((prediction) => prediction.label)).toEqual(['sit', 'sit', null]);
  });

  it('does not reach windows behind the horizon', () => {
    const { log, run, events } = setUp({ labelHorizonMs: 5 * 1280 });
    log.window(window(0, 'sit'));
    for (let i = 1; i < 20; i++) log.window(unlabelled(i, 'sit'));
    run();
    log.label(label(0, 20, 'sit'));
    run();
    expect(events().at(-1)).toMatchObject({ kind: 'labelled', windows: 6 });
  });

  it('is kept but not learned while learning is off', () => {
    const { log, run, learned, events } = setUp({ learning: false });
    log.window(unlabelled(1, 'sit')).label(label(0, 5, 'sit'));
    run();
    expect(learned()).toBe(0);
    expect(events().at(-1)).toMatchObject({ kind: 'labelled', windows: 1 });
  });

  it.each([new TextEncoder().encode('{'), new TextEncoder().encode('{"kind":"label"}')])(
    'is refused when it is malformed, and nothing stops',
    (value) => {
      const { log, run, events, learned } = setUp();
      log.append(TOPICS.labels, value).window(window(0, 'sit'));
      run();
      expect(events().find(({ kind }) => kind === 'refused')).toMatchObject({
        code: 'malformed_label',
        label: 0,
      });
      expect(learned()).toBe(1);
    },
  );

  it('goes on alike from a snapshot at any record', () => {
    const straight = setUp();
    straight.log.window(window(0, 'walk')).window(window(1, 'sit')).window(unlabelled(2, 'sit'));
    straight.log
      .label(label(1, 4, 'sit'))
      .window(unlabelled(3, 'sit'))
      .label({ kind: 'undo', label: 0 });
    straight.log.label(label(1, 4, 'walk')).window(window(4, 'sit'));
    straight.run();
    for (let cut = 0; cut < straight.log.inputs.length; cut++) {
      const before = setUp();
      before.log.inputs.push(...straight.log.inputs.slice(0, cut));
      before.run();
      const after = setUp();
      after.log.inputs.push(...straight.log.inputs.slice(0, cut));
      after.learner.restore(before.learner.snapshot());
      const outputs = new RecordedOutputs();
      outputs.suppressed = true;
      after.log.inputs.push(...straight.log.inputs.slice(cut));
      for (const { topic, record } of straight.log.inputs.slice(cut))
        after.learner.process(topic, 0, record, outputs);
      expect(after.learner.snapshot()).toEqual(straight.learner.snapshot());
    }
  });
});

describe('a label that is taken back', () => {
  it('lets its windows wait again, for the right one', () => {
    const { log, run, events } = setUp();
    for (let i = 0; i < 10; i++) log.window(window(i, i < 5 ? 'sit' : 'walk'));
    for (let i = 10; i < 14; i++) log.window(unlabelled(i, 'walk'));
    log.label(label(10, 14, 'sit')).label({ kind: 'undo', label: 0 });
    run();
    expect(events().at(-1)).toEqual({ kind: 'unlabelled', label: 0, undo: 1, windows: 4 });
    log.label(label(10, 14, 'walk'));
    run();
    expect(events().at(-1)).toMatchObject({ kind: 'labelled', windows: 4, after: { right: 4 } });
  });

  it('is refused when there is no such label', () => {
    const { log, run, events } = setUp();
    log.label({ kind: 'undo', label: 5 });
    run();
    expect(events().at(-1)).toMatchObject({ kind: 'refused', code: 'unknown_label', label: 0 });
  });
});
