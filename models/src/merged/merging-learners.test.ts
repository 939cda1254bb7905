import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  TOPICS,
  decodeWindowRecord,
  encodeWindowRecord,
  formatNanoseconds,
  type Alert,
  type Command,
  type ModelEvent,
  type ModelMergeRecord,
  type WindowRecord,
} from '@hark/contracts';
import { StateFormatError, partitionOf, type LogRecord } from '@hark/streaming';
import { informationRidge, type InformationRidge } from '../classifiers/information-ridge.js';
import { NotMergeableError } from '../classifiers/mergeable.js';
import { randomFeatureRls } from '../classifiers/random-feature-rls.js';
import type { LearnerOptions } from '../learner/learner-options.js';
import { readModel } from '../learner/model-state.js';
import { FEATURES, RecordedOutputs, SCHEMA, window } from '../learner/testing/window-stream.js';
import { versionStateName } from '../learner/version-shelf.js';
import { PartitionLearner } from './partition-learner.js';
import { MergingLearners } from './testing/merging-learners.js';

const text = new TextDecoder();

const OPTIONS = {
  classifier: informationRidge,
  featureSchema: SCHEMA,
  featureNames: FEATURES,
  versionEvery: 12,
};
/** Windows are learned as they come, so that the sums can be made again. */
const SHARED_MODEL_ALONE = { ...OPTIONS, adaptation: false, smoothing: false };
/** Everything on, few users at hand, few versions kept, and one of each hundred milliseconds of arrival. */
const EVERYTHING = { ...OPTIONS, usersAtHand: 1, versionsKept: 5, versionEveryMs: 9, labelHorizonMs: 60_000 };

const ACTIVITIES = ['sit', 'walk', 'bike'];
const codec = { featureSchema: SCHEMA, featureNames: FEATURES, classifiers: () => informationRidge };

/** Two users of each partition. */
function usersOf(partitions: number): readonly string[] {
  const users = Array.from({ length: partitions }, () => [] as string[]);
  for (let i = 0; users.some((some) => some.length < 2); i++) {
    const some = users[partitionOf(`user-${i}`, partitions)];
    if (some.length < 2) some.push(`user-${i}`);
  }
  return users.flat();
}

/** Something that happens to the log, or somebody who takes a record of it. */
type Action =
  | { readonly do: 'window'; readonly user: number; readonly activity: number; readonly isLabelled: boolean }
  | { readonly do: 'label'; readonly user: number; readonly activity: number }
  | { readonly do: 'command'; readonly command: Command }
  | { readonly do: 'settle' }
  | { readonly do: 'steps'; readonly worker: number; readonly input: number; readonly count: number };

const number = fc.nat({ max: 1000 });
const windowComes = fc.record({
  do: fc.constant('window' as const),
  user: number,
  activity: fc.nat({ max: 2 }),
  isLabelled: fc.boolean(),
});
const labelComes = fc.record({
  do: fc.constant('label' as const),
  user: number,
  activity: fc.nat({ max: 2 }),
});
const steps = fc.record({
  do: fc.constant('steps' as const),
  worker: number,
  input: number,
  count: fc.integer({ min: 1, max: 6 }),
});
const commandComes = (command: fc.Arbitrary<Command>) =>
  fc.record({ do: fc.constant('command' as const), command });
const rollback = fc.record({
  kind: fc.constant('rollback' as const),
  to: fc.integer({ min: 1, max: 12 }),
  learning: fc.constantFrom('continue' as const, 'continue' as const, 'frozen' as const),
  reason: fc.constant(null),
});
const learning = fc.record({ kind: fc.constant('learning' as const), enabled: fc.constant(true) });
const snapshot = fc.constant<Command>({ kind: 'snapshot' });

/** A course of things; `others` are mixed into windows and steps. */
const course = (...others: { readonly weight: number; readonly arbitrary: fc.Arbitrary<Action> }[]) =>
  fc.array(fc.oneof({ weight: 8, arbitrary: windowComes }, { weight: 8, arbitrary: steps }, ...others), {
    minLength: 30,
    maxLength: 90,
  });
const withRollbacks = course(
  { weight: 1, arbitrary: commandComes(fc.oneof(rollback, snapshot, learning)) },
  { weight: 1, arbitrary: labelComes },
);

/** Plays a course, then has everybody take what is left. */
function play(
  partitions: number,
  options: LearnerOptions,
  actions: readonly Action[],
  after?: (learners: MergingLearners, action: number) => void,
  onStep?: MergingLearners['onStep'],
): MergingLearners {
  const learners = new MergingLearners(partitions, options);
  learners.onStep = onStep;
  const users = usersOf(partitions);
  actions.forEach((action, i) => {
    const user = 'user' in action ? users[action.user % users.length] : '';
    if (action.do === 'window') {
      const label = action.isLabelled ? ACTIVITIES[action.activity] : null;
      learners.window(window(i, ACTIVITIES[action.activity], { user, label }));
    } else if (action.do === 'label') {
      // The windows of the last dozen actions.
      const [fromNs, toNs] = [i - 12, i].map((at) => formatNanoseconds(window(at, 'sit').startMs, 0));
      const activity = ACTIVITIES[action.activity];
      learners.label({ kind: 'label', user, device: null, fromNs, toNs, activity, source: 'user' });
    } else if (action.do === 'command') {
      learners.command(action.command);
    } else if (action.do === 'settle') {
      learners.settle();
    } else {
      const worker = learners.workers[action.worker % learners.workers.length];
      for (let n = 0; n < action.count; n++) learners.step(worker, action.input % worker.inputs.length);
    }
    after?.(learners, i);
  });
  return learners.settle();
}

const created = (learners: MergingLearners) =>
  learners.events().flatMap((event) => (event.kind === 'created' ? [event] : []));

/** All that stands in the log and among the artifacts, for comparing. */
const everything = ({ log, artifacts }: MergingLearners) => [
  ...[...log].map(([name, records]) => [
    name,
    records.map(({ value }) => Buffer.from(value).toString('base64')),
  ]),
  [...artifacts].map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]),
];

/** The windows that a version has learned, worked out from the parts that stand in the log. */
function windowsLearnedOf(learners: MergingLearners): Map<number, number> {
  const expected = new Map<number, number>();
  let activation = 0;
  let held = 0;
  let merged = new Array<number>(learners.partitions).fill(0);
  const take = (to: readonly number[]) => {
    for (let p = 0; p < learners.partitions; p++)
      for (const part of learners.parts(p).slice(merged[p], to[p]))
        if (part.activation === activation) held += part.windowsLearned;
    merged = [...to];
  };
  for (const event of learners.events()) {
    if (event.kind === 'created') {
      take(event.merged!);
      expected.set(event.manifest.version, held);
    } else if (event.kind === 'activated') {
      held = expected.get(event.to)!;
      activation++;
    }
  }
  return expected;
}

/** The model that the merger has is the one that has learned the windows handed in, whoever learned them. */
const modelOf = (state: Uint8Array) => readModel(state, codec).classifier as InformationRidge;

function expectSameWeights(actual: InformationRidge, expected: InformationRidge): void {
  expect(actual.learned).toBe(expected.learned);
  for (const label of expected.classes) {
    const weights = actual.weights(label);
    const differences = expected.weights(label).map((weight, i) => Math.abs(weight - weights[i]));
    expect(Math.max(...differences)).toBeLessThan(1e-9);
  }
}

/** Labelled windows of each partition, in their order. */
function labelledWindows(learners: MergingLearners, partition: number): WindowRecord[] {
  return learners
    .records(TOPICS.windows, partition)
    .map(({ value }) => decodeWindowRecord(value))
    .filter(({ label }) => label !== null);
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const learnedIn = (parts: readonly ModelMergeRecord[]) => sum(parts.map((part) => part.windowsLearned));

/** A window of every user that teaches nothing: all take over the version told of last. */
function ask(learners: MergingLearners): MergingLearners {
  for (const user of usersOf(learners.partitions))
    learners.window(window(5000, 'sit', { user, label: null }));
  return learners.settle();
}

const RUNS = { numRuns: 8 };
// Many runs, each of some hundred models: on a machine that does other things they take their time.
vi.setConfig({ testTimeout: 180_000 });
const PARTITIONS = [2, 4];

describe('learners that share a model', () => {
  it.each(PARTITIONS)('are %i, and a version has learned what the parts named by it have', (partitions) => {
    fc.assert(
      fc.property(withRollbacks, (actions) => {
        const learners = play(partitions, SHARED_MODEL_ALONE, actions);
        const expected = windowsLearnedOf(learners);
        for (const { manifest } of created(learners))
          expect(manifest.windowsLearned).toBe(expected.get(manifest.version));
      }),
      RUNS,
    );
  });

  it.each(PARTITIONS)('are %i, and hand every window in once', (partitions) => {
    fc.assert(
      fc.property(course(), (actions) => {
        const learners = play(partitions, SHARED_MODEL_ALONE, actions);
        const all = informationRidge.create({ dimensions: FEATURES.length, seed: 1 });
        for (const [p, learner] of learners.learners.entries()) {
          const windows = labelledWindows(learners, p);
          const handedIn = learnedIn(learners.parts(p));
          expect(learner.status().unmerged.windows).toBe(windows.length - handedIn);
          for (const { features, label } of windows.slice(0, handedIn)) all.learn(features, label!);
        }
        expectSameWeights(modelOf(learners.mergerWorker.processor.modelState()), all);
      }),
      RUNS,
    );
  });

  it.each(PARTITIONS)(
    'are %i, and each answers by the version and what it has learned since',
    (partitions) => {
      fc.assert(
        fc.property(course(), (actions) => {
          const learners = ask(play(partitions, SHARED_MODEL_ALONE, actions));
          const last = created(learners).at(-1)!;
          for (const [p, learner] of learners.learners.entries()) {
            expect(learners.predictions(p).at(-1)!.modelVersion).toBe(last.manifest.version);
            const expected = informationRidge.create({ dimensions: FEATURES.length, seed: 1 });
            for (const q of learners.learners.keys()) {
              const windows = labelledWindows(learners, q);
              const known = q === p ? windows.length : learnedIn(learners.parts(q).slice(0, last.merged![q]));
              for (const { features, label } of windows.slice(0, known)) expected.learn(features, label!);
            }
            expectSameWeights(modelOf(learner.modelState()), expected);
          }
        }),
        RUNS,
      );
    },
  );

  it.each(PARTITIONS)(
    'are %i, and do the same to the bit when any is restored at any record',
    (partitions) => {
      fc.assert(
        fc.property(withRollbacks, fc.array(number, { minLength: 1 }), (actions, restarts) => {
          const expected = everything(play(partitions, EVERYTHING, actions));
          const restarted = play(partitions, EVERYTHING, actions, (learners, action) => {
            const worker = restarts[action % restarts.length] % (2 * learners.workers.length);
            if (worker < learners.workers.length) learners.restart(learners.workers[worker]);
          });
          expect(everything(restarted)).toEqual(expected);
        }),
        RUNS,
      );
    },
  );

  it.each(PARTITIONS)(
    'are %i, and hand in the same when executed again without the files of versions',
    (partitions) => {
      const windowsOf = (parts: readonly ModelMergeRecord[]) =>
        parts.map(({ activation, number, position, windowsLearned }) => [
          activation,
          number,
          position,
          windowsLearned,
        ]);
      // Learned so much that parts are of several windows.
      const begun = Array.from({ length: 50 }, (_, i): Action[] => [
        { do: 'window', user: i, activity: i % 3, isLabelled: true },
        { do: 'settle' },
      ]).flat();
      const options = { ...EVERYTHING, versionEveryMs: 0 };
      fc.assert(
        fc.property(withRollbacks, (following) => {
          const actions = [...begun, ...following];
          const taken = Array.from({ length: partitions }, () => [] as [string, LogRecord][]);
          const learners = play(partitions, options, actions, undefined, (_, worker, topic, record) => {
            if (worker.processor instanceof PartitionLearner) taken[worker.partition].push([topic, record]);
          });
          for (const [partition, records] of taken.entries()) {
            const again = new MergingLearners(partitions, options, (name) => !name.startsWith('models/'));
            for (const { value } of learners.records(TOPICS.windows, partition))
              again.append(TOPICS.windows, partition, value);
            for (const [topic, record] of records)
              again.take(again.workers[partition], topic, partition, record);
            expect(windowsOf(again.parts(partition))).toEqual(windowsOf(learners.parts(partition)));
          }
        }),
        { numRuns: 4 },
      );
    },
  );

  it.each(PARTITIONS)('are %i, and each goes to a version where it reads of it', (partitions) => {
    fc.assert(
      fc.property(withRollbacks, (actions) => {
        const versions = new Map<number, number>();
        const read = Array.from({ length: partitions }, () => ({ version: 1, own: 0 }));
        play(
          partitions,
          { ...EVERYTHING, versionsKept: 1000 },
          actions,
          undefined,
          (learners, worker, topic, record) => {
            const { processor, partition } = worker;
            if (!(processor instanceof PartitionLearner)) return;
            const here = read[partition];
            if (topic === TOPICS.models) {
              const event = JSON.parse(text.decode(record.value)) as ModelEvent;
              if (event.kind === 'created') {
                here.version = event.manifest.version;
                here.own = Math.max(here.own, event.merged![partition]);
                versions.set(here.version, event.manifest.windowsLearned);
              } else if (event.kind === 'activated') {
                here.version = event.to;
                here.own = learners.parts(partition).length;
              }
              expect(processor.status().version).toBe(here.version);
            } else {
              const own = learnedIn(learners.parts(partition).slice(here.own));
              const { windows, unmerged } = processor.status();
              expect(windows.learned).toBe((versions.get(here.version) ?? 0) + own + unmerged.windows);
              if (topic === TOPICS.windows)
                expect(learners.predictions(partition).at(-1)!.modelVersion).toBe(here.version);
            }
          },
        );
      }),
      RUNS,
    );
  });
});

describe('a rollback', () => {
  const [ann, bob] = [usersOf(2)[0], usersOf(2)[2]];
  const setUp = (options = SHARED_MODEL_ALONE) => {
    const learners = new MergingLearners(2, options);
    for (let i = 0; i < 60; i++) {
      learners.window(window(i, ACTIVITIES[(i >> 1) % 3], { user: i % 2 === 0 ? ann : bob })).settle();
    }
    return learners;
  };
  const rollBack = (learning: 'continue' | 'frozen') =>
    ({ kind: 'rollback', to: 4, learning, reason: 'worse' }) as const;
  const windowsLearned = (learners: MergingLearners, version: number) =>
    created(learners).find(({ manifest }) => manifest.version === version)!.manifest.windowsLearned;

  it('has every learner answer by the bytes of one version', () => {
    const learners = setUp();
    learners.command(rollBack('frozen'));
    ask(learners);
    const { digest } = created(learners).find(({ manifest }) => manifest.version === 4)!.manifest;
    const file = Buffer.from(learners.artifacts.get(versionStateName(4, digest))!).toString('base64');
    for (const learner of learners.learners) {
      expect(Buffer.from(learner.modelState()).toString('base64')).toBe(file);
      expect(learner.status()).toMatchObject({
        version: 4,
        learning: false,
        unmerged: { parts: 0, windows: 0 },
      });
    }
    expect(learners.events().at(-1)).toMatchObject({
      ...{
        kind: 'activated',
        by: 'rollback',
        to: 4,
        learning: false,
        reason: 'worse',
        logPosition: 58,
        command: 0,
      },
    });
  });

  it('leaves out what a learner that has not heard of it goes on learning', () => {
    const learners = setUp();
    const [first, second] = learners.workers;
    learners.command(rollBack('continue'));
    learners.step(learners.mergerWorker, 0);
    const before = learners.parts(1).length;
    for (let i = 100; i < 120; i++) learners.window(window(i, 'sit', { user: bob }));
    for (let i = 0; i < 20; i++) learners.step(second, 2);
    const late = learnedIn(learners.parts(1).slice(before));
    expect(late).toBeGreaterThan(0);
    learners.step(learners.mergerWorker, 2);
    learners.settle();
    expect(learners.mergerWorker.processor.status()).toMatchObject({
      version: 4,
      windows: { leftOut: late },
    });
    for (let i = 120; i < 122; i++) learners.window(window(i, 'walk', { user: ann })).settle();
    expect(learners.step(first, 2)).toBe(false);
    const last = created(learners).at(-1)!.manifest;
    expect(last).toMatchObject({
      parent: expect.any(Number) as number,
      windowsLearned: windowsLearned(learners, 4) + 2,
    });
  });

  it('to a version that is not there is refused, and changes nothing', () => {
    const learners = setUp();
    const before = created(learners).length;
    learners.command({ ...rollBack('continue'), to: 99 }).command({ kind: 'promote', to: 4 });
    learners.append(TOPICS.commands, 0, new TextEncoder().encode('{'));
    ask(learners);
    const refusals = learners.events().flatMap((event) => (event.kind === 'refused' ? [event.code] : []));
    expect(refusals).toEqual(['unknown_version', 'not_a_challenger', 'malformed_command']);
    expect(created(learners).length).toBe(before);
    expect(learners.predictions(0).at(-1)!.modelVersion).toBe(before);
  });
});

describe('versions of several learners', () => {
  const [ann, bob] = [usersOf(2)[0], usersOf(2)[2]];

  it('begin with the first, of nothing, at the first window of all', () => {
    const learners = new MergingLearners(2, SHARED_MODEL_ALONE);
    learners.window(window(0, 'sit', { user: bob, label: null })).settle();
    expect(created(learners)).toMatchObject([
      { manifest: { version: 1, parent: null, cause: 'start', windowsLearned: 0 }, merged: [0, 0] },
    ]);
    expect(learners.predictions(1)[0]).toMatchObject({ state: 'cold', modelVersion: 1 });
  });

  it('let a learner know what only the other was taught', () => {
    const learners = new MergingLearners(2, SHARED_MODEL_ALONE);
    for (let i = 0; i < 30; i++) learners.window(window(i, ACTIVITIES[i % 3], { user: ann })).settle();
    learners.window(window(30, 'walk', { user: bob, label: null })).settle();
    expect(learners.predictions(1)[0]).toMatchObject({ state: 'ok', activity: 'walk' });
  });

  it('name how far the windows of all had come, and the newest time', () => {
    const learners = new MergingLearners(2, SHARED_MODEL_ALONE);
    for (let i = 0; i < 10; i++) learners.window(window(i, 'sit', { user: i < 7 ? ann : bob })).settle();
    learners.command({ kind: 'snapshot' }).settle();
    expect(created(learners).at(-1)).toMatchObject({
      command: 0,
      merged: [7, 3],
      manifest: { cause: 'request', logPosition: 10, windowsLearned: 10, time: '2015-02-23T13:04:06.400Z' },
    });
  });

  it('are made in time, too, of the little that was learned', () => {
    const learners = new MergingLearners(2, { ...SHARED_MODEL_ALONE, versionEveryMs: 1000 });
    const come = (from: number, to: number, after: number) => {
      for (let i = from; i < to; i++) {
        const receivedMs = 1_500_000_000_000 + after + i;
        learners.window(window(i, ACTIVITIES[i % 3], { user: ann, receivedMs })).settle();
      }
    };
    come(0, 85, 0);
    const before = created(learners).length;
    come(85, 86, 1000);
    expect(
      created(learners)
        .slice(before)
        .map(({ manifest }) => manifest.cause),
    ).toEqual(['time']);
    expect(created(learners).at(-1)!.manifest.windowsLearned).toBe(86);
  });

  it.each([
    ['gone', null],
    ['damaged', new Uint8Array(9)],
  ])('that are %s when a learner is to take them over are passed over', (_, found) => {
    const learners = new MergingLearners(2, SHARED_MODEL_ALONE);
    const [first] = learners.workers;
    learners.window(window(0, 'sit', { user: ann }));
    learners.step(first, 2);
    for (let i = 1; i < 9; i++) learners.window(window(i, 'walk', { user: bob }));
    for (const worker of [...learners.workers.slice(1), learners.mergerWorker])
      for (const input of worker.inputs.keys()) while (learners.step(worker, input));
    while (learners.step(first, 0));
    const { version, digest } = created(learners).at(-1)!.manifest;
    expect(first.processor.status().version).toBe(version);
    const name = versionStateName(version, digest);
    if (found === null) learners.artifacts.delete(name);
    else learners.artifacts.set(name, found);
    learners.window(window(9, 'walk', { user: ann, label: null }));
    learners.step(first, 2);
    expect(learners.predictions(0).at(-1)).toMatchObject({ activity: 'sit', modelVersion: 1 });
    learners.command({ kind: 'snapshot' }).settle();
    learners.window(window(10, 'walk', { user: ann, label: null })).settle();
    expect(learners.predictions(0).at(-1)).toMatchObject({ activity: 'walk', modelVersion: version + 1 });
  });

  it('are removed when more are kept than shall be, their files a hundred versions later', () => {
    const learners = new MergingLearners(2, { ...SHARED_MODEL_ALONE, versionsKept: 3 });
    learners.window(window(0, 'sit', { user: ann })).settle();
    for (let i = 0; i < 103; i++) learners.command({ kind: 'snapshot' });
    learners.settle();
    const removed = learners.events().flatMap((event) => (event.kind === 'removed' ? [event.version] : []));
    expect(removed.slice(0, 3)).toEqual([1, 2, 3]);
    expect(created(learners).length - removed.length).toBe(3);
    const files = [...learners.artifacts.keys()].map((name) => Number(/v(\d+)-/.exec(name)![1]));
    expect(files.length).toBe(103);
    expect(files[0]).toBe(3);
  });
});

describe('a drift in one partition', () => {
  const bob = usersOf(2)[2];

  it('is told of by its own name, and has a version made for all', () => {
    const learners = new MergingLearners(2, { ...SHARED_MODEL_ALONE, versionsKept: 3 });
    for (let i = 0; i < 320; i++) {
      const activity = ACTIVITIES[(i >> 2) % 3];
      // From here on everything is called by the name of another activity.
      const label = i < 200 ? activity : ACTIVITIES[((i >> 2) + 1) % 3];
      learners.window(window(i, activity, { user: bob, label })).settle();
    }
    const alerts = learners
      .records(TOPICS.alerts, 1)
      .map(({ value }) => JSON.parse(text.decode(value)) as Alert)
      .filter(({ data }) => data.signal === 'error' && data.stage === 'drift');
    expect(alerts[0]).toMatchObject({ id: 'drift-p1-1/drift', data: { episode: 'drift-p1-1' } });
    const { modelVersion, lastGoodVersion } = alerts[0].data;
    const next = created(learners).find(({ manifest }) => manifest.version > modelVersion)!;
    expect(next.manifest).toMatchObject({ cause: 'drift', parent: modelVersion });
    const removed = learners.events().flatMap((event) => (event.kind === 'removed' ? [event.version] : []));
    expect(removed).toContain(lastGoodVersion! - 1);
    expect(removed).toContain(lastGoodVersion! + 1);
    expect(removed).not.toContain(lastGoodVersion);
  });
});

describe('labels of several learners', () => {
  const [ann, bob] = [usersOf(2)[0], usersOf(2)[2]];
  const range = (user: string, from: number, to: number) => ({
    ...({ kind: 'label', user, device: null, activity: 'walk', source: 'user' } as const),
    fromNs: formatNanoseconds(window(from, 'sit').startMs, 0),
    toNs: formatNanoseconds(window(to, 'sit').startMs + 1, 0),
  });
  const setUp = () => {
    const learners = new MergingLearners(2, { ...SHARED_MODEL_ALONE, labelHorizonMs: 3_600_000 });
    for (let i = 0; i < 20; i++) {
      for (const user of [ann, bob]) learners.window(window(i, 'walk', { user, label: null }));
      learners.settle();
    }
    return learners;
  };
  const told = (learners: MergingLearners) =>
    learners.events().filter(({ kind }) => kind !== 'created' && kind !== 'removed');

  it('are learned and told of by the learner of their user alone', () => {
    const learners = setUp();
    learners.label(range(bob, 5, 9)).settle();
    expect(told(learners)).toMatchObject([{ kind: 'labelled', label: 0, user: bob, windows: 5 }]);
    learners.label({ kind: 'undo', label: 0 }).settle();
    expect(told(learners).slice(1)).toEqual([{ kind: 'unlabelled', label: 0, undo: 1, windows: 5 }]);
  });

  it('are refused once where they are nobody’s', () => {
    const learners = setUp();
    learners.label({ kind: 'undo', label: 7 });
    learners.append(TOPICS.labels, 0, new TextEncoder().encode('nothing')).settle();
    expect(told(learners)).toMatchObject([
      { kind: 'refused', code: 'unknown_label', label: 0 },
      { kind: 'refused', code: 'malformed_label', label: 1 },
    ]);
  });
});

describe('a learner of a partition', () => {
  const world = { artifacts: { read: () => null }, digest: () => '' };
  const make = (change: object) =>
    new PartitionLearner({ ...OPTIONS, partition: 1, partitions: 2, ...change }, world);

  it('can learn only what can be merged', () => {
    expect(() => make({ classifier: randomFeatureRls })).toThrow(NotMergeableError);
    expect(() => make({ challengers: [informationRidge] })).toThrow(RangeError);
  });

  it('reads its own partition, and goes on from its own state alone', () => {
    const outputs = new RecordedOutputs();
    const record = { key: '', value: encodeWindowRecord(window(0, 'sit')), offset: 0, timestamp: 0 };
    expect(() => make({}).process(TOPICS.windows, 0, record, outputs)).toThrow(RangeError);
    expect(() => make({}).process(TOPICS.commands, 0, record, outputs)).toThrow(RangeError);
    const other = make({ partition: 0 }).snapshot();
    expect(() => make({}).restore(other)).toThrow(StateFormatError);
  });
});
