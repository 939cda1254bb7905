import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  TOPICS,
  alertSchema,
  type Alert,
  type ChallengerData,
  type LabelsDisagreeData,
  type ModelEvent,
  type Prediction,
  type VersionManifest,
} from '@hark/contracts';
import { StateFormatError } from '@hark/streaming';
import { majority } from '../classifiers/majority.js';
import { randomFeatureRls } from '../classifiers/random-feature-rls.js';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { FeatureSchemaError, type LearnerOptions } from './learner-options.js';
import { Learner } from './learner.js';
import { FEATURES, InputLog, RecordedOutputs, SCHEMA, window, type Input } from './testing/window-stream.js';

const classifierOf = (name: string) =>
  [randomFeatureRls, majority].find((factory) => factory.name === name) ?? null;
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const ACTIVITIES = ['sit', 'walk', 'bike'];
const activityOf = (i: number) => ACTIVITIES[Math.floor(i / 5) % 3];

/** What is known of users and devices does not belong to a version: without it, versions can be compared by answers. */
const SHARED_MODEL_ALONE = { adaptation: false, smoothing: false, interpolation: false };
/** Everything on, and so few users at hand that they are put away again and again. */
const EVERYTHING = { adaptation: true, smoothing: true, interpolation: true, usersAtHand: 1 };

function setUp(options: Partial<LearnerOptions> = {}, outputs = new RecordedOutputs(), digestOf = digest) {
  const windows = new Map<number, Uint8Array>();
  const learner = new Learner(
    {
      classifier: randomFeatureRls,
      featureSchema: SCHEMA,
      featureNames: FEATURES,
      versionEvery: 20,
      ...SHARED_MODEL_ALONE,
      ...options,
    },
    { artifacts: outputs, digest: digestOf, windowAt: (offset) => windows.get(offset) ?? null },
  );
  const run = (inputs: readonly Input[]) => {
    for (const { topic, record } of inputs) {
      if (topic === TOPICS.windows) windows.set(record.offset, record.value);
      learner.process(topic, 0, record, outputs);
    }
  };
  return {
    learner,
    outputs,
    run,
    predictions: () => outputs.of<Prediction>(TOPICS.predictions),
    events: () => outputs.of<ModelEvent>(TOPICS.models),
    alerts: () => outputs.of<Alert>(TOPICS.alerts),
    manifest: (version: number) =>
      outputs
        .of<ModelEvent>(TOPICS.models)
        .flatMap((event) => (event.kind === 'created' ? [event.manifest] : []))
        .find((manifest) => manifest.version === version) as VersionManifest,
  };
}

function nameOf(outputs: RecordedOutputs, version: number): string {
  return [...outputs.artifacts.keys()].find((name) => name.startsWith(`models/v${version}-`))!;
}

const stateOf = (outputs: RecordedOutputs, version: number) => outputs.read(nameOf(outputs, version));

/** `count` labelled windows, from window `from` on. */
function labelled(count: number, log = new InputLog(), from = 0): InputLog {
  for (let i = from; i < from + count; i++) log.window(window(i, activityOf(i)));
  return log;
}

describe('predictions', () => {
  it('carry the window, the answer and the version', () => {
    const { run, predictions, outputs } = setUp();
    run(labelled(30).window(window(30, 'walk', { label: null, late: 3 })).inputs);
    const last = predictions()[30];
    expect(last).toMatchObject({
      kind: 'prediction',
      id: 'ann/phone/1424696670720000000',
      user: 'ann',
      device: 'phone',
      model: 'nexus4',
      window: {
        start: '2015-02-23T13:04:30.720Z',
        end: '2015-02-23T13:04:33.280Z',
        startNs: '1424696670720000000',
      },
      activity: 'walk',
      modelVersion: 2,
      state: 'ok',
      reason: null,
      revision: 1,
      final: true,
      label: null,
      samples: { accelerometer: 256, gyroscope: 255, late: 3, duplicates: 1 },
      receivedMs: 1_500_000_000_030,
    });
    expect(Object.keys(last.probabilities)).toEqual(['sit', 'walk', 'bike']);
    expect(last.confidence).toBe(last.probabilities.walk);
    expect(Object.values(last.probabilities).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    const predicted = outputs.emitted.filter(({ topic }) => topic === TOPICS.predictions);
    expect(predicted.every(({ key }) => key === 'ann\u0000phone')).toBe(true);
  });

  it('are JSON in its canonical form, whatever the names', () => {
    const { run, outputs } = setUp();
    const user = 'ann "\\ é\u2028';
    run(
      new InputLog().window(window(0, 'sit', { user, label: '__proto__' })).window(window(1, 'sit', { user }))
        .inputs,
    );
    const json = outputs.emitted.filter(({ topic }) => topic === TOPICS.predictions)[1].json;
    const parsed = JSON.parse(json) as Prediction;
    expect(JSON.stringify(parsed)).toBe(json);
    expect(parsed.user).toBe(user);
    expect(Object.entries(parsed.probabilities)).toEqual([['__proto__', 1]]);
  });

  it('are cold until something has been learned', () => {
    const { run, predictions } = setUp();
    run(new InputLog().window(window(0, 'sit')).window(window(1, 'sit')).inputs);
    const [first, second] = predictions();
    expect(first).toMatchObject({
      state: 'cold',
      reason: 'model_cold',
      activity: 'unknown',
      confidence: 0,
      probabilities: {},
    });
    expect(second).toMatchObject({ state: 'ok', activity: 'sit', confidence: 1 });
  });

  it('are unknown without features', () => {
    const { run, predictions, learner } = setUp();
    run(labelled(10).window(window(10, 'sit', { features: new Float64Array(0), accelerometer: 3 })).inputs);
    expect(predictions()[10]).toMatchObject({
      state: 'unknown',
      reason: 'no_data',
      activity: 'unknown',
      confidence: 0,
      probabilities: {},
    });
    expect(learner.status().windows.learned).toBe(10);
  });

  it('are unknown below the confidence asked for, but keep their probabilities', () => {
    const { run, predictions } = setUp({ confidenceThreshold: 1 });
    run(labelled(20).inputs);
    const last = predictions()[19];
    expect(last).toMatchObject({ state: 'unknown', reason: 'low_confidence', activity: 'unknown' });
    expect(last.confidence).toBe(Math.max(...Object.values(last.probabilities)));
    expect(last.confidence).toBeGreaterThan(0.5);
  });

  it('come for each early revision, without learning, and once final for each window', () => {
    const { run, predictions, learner } = setUp();
    const log = labelled(10);
    log.window(window(10, 'sit', { final: false, revision: 0 }));
    log.window(window(10, 'sit', { final: false, revision: 1 }));
    log.window(window(10, 'sit', { revision: 2 }));
    run(log.inputs);
    const revisions = predictions().slice(10);
    expect(revisions.map(({ revision, final }) => [revision, final])).toEqual([
      [0, false],
      [1, false],
      [2, true],
    ]);
    expect(revisions[0].probabilities).toEqual(revisions[2].probabilities);
    expect(learner.status().windows).toEqual({
      seen: 13,
      final: 11,
      labelled: 11,
      learned: 11,
      inferred: 0,
      refused: 0,
      waiting: 0,
    });
  });

  it('are made before the window is learned', () => {
    const { run, predictions, learner } = setUp();
    run(labelled(6).inputs);
    // Window 5 is the first of `walk`: nothing but `sit` was known.
    expect(predictions()[5].activity).toBe('sit');
    expect(learner.status().scores.overall).toMatchObject({ windows: 5, accuracy: 0.8 });
  });
});

describe('input that does not fit', () => {
  it('stops on features of another schema', () => {
    const { run } = setUp();
    expect(() => run(new InputLog().window(window(0, 'sit', { featureSchema: 'other' })).inputs)).toThrow(
      FeatureSchemaError,
    );
  });

  it('stops on a topic it does not read', () => {
    const { run } = setUp();
    expect(() => run(new InputLog().append(TOPICS.samples, new Uint8Array(0)).inputs)).toThrow(RangeError);
  });

  it('takes values that are not finite for no data', () => {
    const { run, predictions } = setUp();
    run(labelled(5).window(window(5, 'sit', { features: Float64Array.of(1, NaN, 0) })).inputs);
    expect(predictions()[5]).toMatchObject({ state: 'unknown', reason: 'no_data' });
  });

  it('counts a 33rd class as refused and goes on', () => {
    const { run, learner } = setUp();
    const log = new InputLog();
    for (let i = 0; i < 34; i++) log.window(window(i, 'sit', { label: `class-${i}` }));
    run(log.inputs);
    expect(learner.status().classes.length).toBe(32);
    expect(learner.status().windows).toMatchObject({ learned: 32, refused: 2 });
  });

  it('refuses a command that is none', () => {
    const { run, events } = setUp();
    const log = new InputLog().window(window(0, 'sit'));
    for (const text of [
      '{',
      'null',
      '{"kind":"explode"}',
      '{"kind":"rollback","to":"1","learning":"frozen"}',
    ]) {
      log.append(TOPICS.commands, new TextEncoder().encode(text));
    }
    run(log.inputs);
    expect(events().slice(1)).toEqual(
      [0, 1, 2, 3].map((command) => ({
        kind: 'refused',
        code: 'malformed_command',
        message: expect.any(String) as string,
        command,
      })),
    );
  });
});

describe('versions', () => {
  it('are made at the first record and after every so many windows learned', () => {
    const { run, events, manifest, outputs } = setUp();
    run(labelled(45).inputs);
    expect(
      events().map((event) => event.kind === 'created' && [event.manifest.version, event.manifest.cause]),
    ).toEqual([
      [1, 'start'],
      [2, 'count'],
      [3, 'count'],
    ]);
    expect(manifest(1)).toMatchObject({
      version: 1,
      parent: null,
      cause: 'start',
      classifier: 'rls',
      logPosition: 0,
      windowsLearned: 0,
      classes: [],
      metrics: { windows: 0, accuracy: 0, kappa: 0, macroF1: 0 },
      featureSchema: SCHEMA,
      time: null,
    });
    expect(manifest(3)).toMatchObject({
      parent: 2,
      logPosition: 40,
      windowsLearned: 40,
      classes: ACTIVITIES,
      metrics: { windows: 39 },
      time: '2015-02-23T13:04:44.800Z',
    });
    expect(manifest(3).digest).toBe(digest(stateOf(outputs, 3)!));
    expect(events()[2]).toEqual({ kind: 'created', manifest: manifest(3) });
  });

  it('are named by the predictions that follow them', () => {
    const { run, predictions } = setUp();
    run(labelled(45).inputs);
    expect(predictions().map(({ modelVersion }) => modelVersion)).toEqual([
      ...Array<number>(20).fill(1),
      ...Array<number>(20).fill(2),
      ...Array<number>(5).fill(3),
    ]);
  });

  it('are made on request, naming the command', () => {
    const { run, events } = setUp();
    run(labelled(7).command({ kind: 'snapshot' }).inputs);
    expect(events()[1]).toMatchObject({
      kind: 'created',
      manifest: { version: 2, parent: 1, cause: 'request', logPosition: 7, windowsLearned: 7 },
      command: 0,
    });
  });

  it('begin with a command when that comes first', () => {
    const { run, events } = setUp();
    run(new InputLog().command({ kind: 'learning', enabled: false }).inputs);
    expect(events().map(({ kind }) => kind)).toEqual(['created', 'learning']);
  });

  it('are neither made nor told of by a copy without versions', () => {
    const { run, outputs, predictions } = setUp({ versions: false });
    run(labelled(45).command({ kind: 'snapshot' }).inputs);
    expect(outputs.artifacts.size).toBe(0);
    expect(outputs.of(TOPICS.models)).toEqual([]);
    expect(new Set(predictions().map(({ modelVersion }) => modelVersion))).toEqual(new Set([1]));
  });

  it('can be started from: the copy says what the original said', () => {
    const original = setUp();
    original.run(labelled(60).inputs);
    const state = stateOf(original.outputs, 2)!;
    const copy = setUp({ versions: false, startFrom: { version: 2, state } });
    copy.run(labelled(60).inputs.slice(20, 40));
    expect(copy.predictions()).toEqual(original.predictions().slice(20, 40));
  });

  it('can not be started from with other features, or when damaged', () => {
    const original = setUp();
    original.run(labelled(25).inputs);
    const state = stateOf(original.outputs, 2)!;
    const startFrom = { version: 2, state };
    expect(() => setUp({ startFrom, featureSchema: 'other' })).toThrow(FeatureSchemaError);
    const damaged = state.slice();
    damaged[100] ^= 1;
    expect(() => setUp({ startFrom: { version: 2, state: damaged } })).toThrow(StateFormatError);
  });
});

describe('versions kept', () => {
  const numbers = (events: readonly ModelEvent[], kind: 'created' | 'removed') =>
    events.flatMap((event) =>
      event.kind !== kind ? [] : event.kind === 'created' ? [event.manifest.version] : [event.version],
    );

  it('are so many as asked for: the oldest goes, with its files', () => {
    const { run, events, outputs } = setUp({ versionsKept: 3 });
    run(labelled(100).inputs);
    expect(numbers(events(), 'created')).toEqual([1, 2, 3, 4, 5, 6]);
    expect(numbers(events(), 'removed')).toEqual([1, 2, 3]);
    expect(outputs.discarded).toEqual([nameOf(outputs, 1), nameOf(outputs, 2), nameOf(outputs, 3)]);
  });

  it('always are the one that answers and the one before it', () => {
    const { run, events } = setUp({ versionsKept: 2 });
    run(labelled(45).command({ kind: 'rollback', to: 2, learning: 'frozen', reason: null }).inputs);
    run(new InputLog().command({ kind: 'snapshot' }).inputs);
    expect(numbers(events(), 'removed')).toEqual([1, 3]);
  });

  it('always are the last before a drift', () => {
    const { run, events } = setUp({ versionsKept: 2, versionEvery: 100 });
    const log = new InputLog();
    for (let i = 0; i < 300; i++) log.window(window(i, activityOf(i)));
    for (let i = 300; i < 900; i++) log.window(window(i, activityOf(i), { label: activityOf(i + 5) }));
    run(log.inputs);
    const drift = events().find((event) => event.kind === 'created' && event.manifest.cause === 'drift');
    const before = drift?.kind === 'created' ? drift.manifest.parent! : 0;
    expect(before).toBeGreaterThan(1);
    expect(numbers(events(), 'removed')).toContain(before - 1);
    expect(numbers(events(), 'removed')).not.toContain(before);
  });

  it('can be rolled back to, and those removed can not, even while their files are there', () => {
    const { run, events } = setUp({ versionsKept: 3 });
    run(labelled(100).command({ kind: 'rollback', to: 3, learning: 'continue', reason: null }).inputs);
    expect(events().at(-1)).toMatchObject({ kind: 'refused', code: 'unknown_version' });
  });
});

describe('versions by time', () => {
  it('are made when so much time has passed between the arrivals of windows, if anything was learned', () => {
    const { run, events } = setUp({ versionEvery: 1000, versionEveryMs: 60_000 });
    const log = new InputLog();
    const arrival = [0, 30_000, 59_999, 60_000, 61_000, 200_000];
    for (const [i, after] of arrival.entries()) {
      log.window(window(i, 'sit', { receivedMs: 1_500_000_000_000 + after }));
    }
    log.window(window(9, 'sit', { receivedMs: 1_500_000_300_000, label: null }));
    run(log.inputs);
    expect(
      events().map((event) => event.kind === 'created' && [event.manifest.cause, event.manifest.logPosition]),
    ).toEqual([
      ['start', 0],
      ['time', 4],
      ['time', 6],
    ]);
  });
});

describe('labels that disagree with everybody', () => {
  it('raise one alert that names the device and says what to do', () => {
    const { run, alerts } = setUp({
      classifier: randomFeatureRls,
      versionEvery: 10_000,
      drift: { signals: [] },
    });
    const log = new InputLog();
    for (let i = 0; i < 900; i++) {
      const user = ['ann', 'bob', 'cid'][i % 3];
      const activity = ACTIVITIES[Math.floor(i / 30) % 3];
      const isWrong = user === 'bob' && i % 9 === 1 && i > 60;
      log.window(window(i, activity, { user, label: isWrong ? ACTIVITIES[(i + 1) % 3] : activity }));
    }
    run(log.inputs);
    const told = alerts() as unknown as Alert<LabelsDisagreeData>[];
    expect(told).toMatchObject([
      {
        ...{ id: 'labels-1/raised', type: 'hark.labels_disagree', subject: 'bob/phone' },
        data: { episode: 'labels-1', stage: 'raised', user: 'bob', device: 'phone', windows: 100 },
      },
    ]);
    expect(told[0].data.contradicted).toBeGreaterThan(15);
    expect(told[0].data.advice).toContain('DELETE /v1/labels');
    expect(alertSchema.safeParse(told[0]).success).toBe(true);
  });
});

describe('a challenger', () => {
  const rules = { windows: 50, margin: 0.05, significance: 0.01 };
  const weak = { classifier: majority, challengers: [randomFeatureRls], challengeRules: rules };

  it('is compared on the same windows, and proposed once with the call that promotes it', () => {
    const { run, alerts, events, learner } = setUp({ ...weak, versionEvery: 1000 });
    run(labelled(160).inputs);
    const challenge = alerts() as unknown as Alert<ChallengerData>[];
    expect(challenge.length).toBe(1);
    expect(challenge[0]).toMatchObject({
      id: 'challenger-2',
      type: 'hark.challenger',
      subject: 'rls',
      data: {
        ...{ challenger: 'rls', windows: 50, version: 2, currentVersion: 1, promoted: false },
        promote: { method: 'POST', path: '/v1/models/2/promote' },
      },
    });
    const { currentAccuracy, challengerAccuracy, pValue } = challenge[0].data;
    expect(challengerAccuracy).toBeGreaterThan(0.9);
    expect(currentAccuracy).toBeLessThan(0.5);
    expect(pValue).toBeLessThan(0.001);
    // The first window finds nobody ready: it is compared from the second on.
    expect(learner.status().challengers[0]).toMatchObject({ running: { windows: 9 }, proposed: 4 });
    expect(learner.status().version).toBe(1);
    expect(events().filter(({ kind }) => kind === 'created').length).toBe(4);
  });

  it('answers from the command that promotes it on, and the model before takes its place', () => {
    const { run, events, learner, predictions } = setUp({ ...weak, versionEvery: 1000 });
    run(labelled(60).command({ kind: 'promote', to: 2 }).inputs);
    expect(events().at(-1)).toEqual({
      ...{ kind: 'activated', by: 'promotion', from: 1, to: 2, learning: true },
      ...{ reason: null, logPosition: 60, command: 0 },
    });
    expect(learner.status()).toMatchObject({ classifier: 'rls', version: 2 });
    expect(learner.status().challengers[0].running).toMatchObject({ challenger: 'majority', windows: 0 });
    run(new InputLog().window(window(60, 'bike')).inputs);
    expect(predictions().at(-1)).toMatchObject({ activity: 'bike', modelVersion: 2 });
  });

  it('is promoted at once where that is the setting', () => {
    const { run, events, learner, alerts } = setUp({
      ...weak,
      versionEvery: 1000,
      onBetterChallenger: 'promote',
    });
    run(labelled(60).inputs);
    expect(events().at(-1)).toMatchObject({
      kind: 'activated',
      by: 'promotion',
      from: 1,
      to: 2,
      command: null,
    });
    expect(learner.status()).toMatchObject({ classifier: 'rls', version: 2 });
    expect(alerts()[0].data).toMatchObject({ promoted: true });
  });

  it('is not promoted when it is no challenger, and nothing changes', () => {
    const { run, events, learner } = setUp({ ...weak, versionEvery: 1000 });
    run(labelled(60).inputs);
    const before = learner.snapshot();
    run(new InputLog().command({ kind: 'promote', to: 1 }).command({ kind: 'promote', to: 9 }).inputs);
    expect(events().slice(-2)).toMatchObject([
      { kind: 'refused', code: 'not_a_challenger', command: 0 },
      { kind: 'refused', code: 'unknown_version', command: 1 },
    ]);
    expect(learner.snapshot()).toEqual(before);
  });

  it('of the same kind as the current classifier is right on the very same windows, also where few are labelled', () => {
    const twin = { classifier: randomFeatureRls, challengers: [randomFeatureRls], interpolation: true };
    const { run, learner } = setUp({ ...twin, versionEvery: 10_000 });
    const log = new InputLog();
    const random = new Xoshiro128(5);
    for (let i = 0; i < 900; i++) {
      const [a, b, c] = [random.nextUniform(), random.nextUniform(), random.nextUniform()];
      const label = a + 0.6 * (c - 0.5) > 0.5 ? 'walk' : 'sit';
      log.window(window(i, 'sit', { features: Float64Array.of(a, b, 1), label: i % 3 === 0 ? label : null }));
    }
    run(log.inputs);
    const { challengers, windows } = learner.status();
    const { currentAccuracy, challengerAccuracy, pValue } = challengers[0].running;
    expect(windows.inferred).toBeGreaterThan(500);
    expect(currentAccuracy).toBeGreaterThan(0.6);
    expect(currentAccuracy).toBeLessThan(0.95);
    expect([challengerAccuracy, pValue]).toEqual([currentAccuracy, 1]);
  });

  it('is not proposed while it is no better', () => {
    const equal = { classifier: randomFeatureRls, challengers: [majority], challengeRules: rules };
    const { run, alerts, learner } = setUp({ ...equal, versionEvery: 1000 });
    run(labelled(200).inputs);
    expect(alerts()).toEqual([]);
    expect(learner.status().challengers[0].last?.windows).toBe(50);
  });

  it('passes over a class that it has no room for, when a rollback has made room in the current model', () => {
    const { run, learner } = setUp({ ...weak, challengeRules: { ...rules, windows: 10_000 } });
    const log = new InputLog();
    for (let i = 0; i < 32; i++) log.window(window(i, 'sit', { label: `class-${i}` }));
    log.command({ kind: 'rollback', to: 1, learning: 'continue', reason: null });
    log.window(window(40, 'sit', { label: 'one-more' }));
    run(log.inputs);
    expect(learner.status().windows).toMatchObject({ learned: 1, refused: 0 });
  });

  it('is kept through a restart, and dropped or begun anew where the setting changes', () => {
    const { run, learner } = setUp({ ...weak, versionEvery: 1000 });
    run(labelled(60).command({ kind: 'promote', to: 2 }).inputs);
    const same = setUp({ ...weak, versionEvery: 1000 }).learner;
    same.restore(learner.snapshot());
    expect(same.snapshot()).toEqual(learner.snapshot());
    const without = setUp({ ...weak, challengers: [], classifiers: classifierOf }).learner;
    without.restore(learner.snapshot());
    expect(without.status()).toMatchObject({ classifier: 'rls', challengers: [] });
  });
});

describe('a rollback', () => {
  const back = (to: number, learning: 'continue' | 'frozen' = 'continue') =>
    ({ kind: 'rollback', to, learning, reason: 'test' }) as const;

  it('answers the next window by the version asked for, bit for bit', () => {
    const { run, predictions, events } = setUp();
    run(
      labelled(45)
        .command(back(2))
        .window(window(20, activityOf(20))).inputs,
    );
    expect(events().at(-1)).toEqual({
      kind: 'activated',
      by: 'rollback',
      from: 3,
      to: 2,
      learning: true,
      reason: 'test',
      logPosition: 45,
      command: 0,
    });
    expect(predictions()[45]).toEqual(predictions()[20]);
  });

  it('goes on learning from there: new versions have new numbers and that parent', () => {
    const { run, events, manifest } = setUp();
    run(labelled(20, labelled(45).command(back(2)), 45).inputs);
    expect(events().at(-1)).toMatchObject({ kind: 'created', manifest: { version: 4 } });
    expect(manifest(4)).toMatchObject({
      parent: 2,
      windowsLearned: 40,
      logPosition: 65,
      metrics: { windows: 39 },
    });
  });

  it('can be rolled back', () => {
    const { run, predictions, events } = setUp();
    const log = labelled(45)
      .command(back(2))
      .command(back(3))
      .window(window(40, activityOf(40)));
    run(log.inputs);
    expect(events().slice(-2)).toMatchObject([
      { from: 3, to: 2 },
      { from: 2, to: 3, command: 1 },
    ]);
    expect(predictions()[45]).toEqual(predictions()[40]);
  });

  it('learns nothing when frozen, and says the same of the same window for ever', () => {
    const { run, predictions, learner, events } = setUp();
    const log = labelled(45).command(back(2, 'frozen'));
    log.window(window(45, 'sit'));
    labelled(50, log, 50).window(window(45, 'sit'));
    run(log.inputs);
    expect(predictions()[45].probabilities).toEqual(predictions().at(-1)!.probabilities);
    expect(predictions().at(-1)!.modelVersion).toBe(2);
    expect(learner.status()).toMatchObject({ version: 2, learning: false, windows: { learned: 20 } });
    expect(events().at(-1)).toMatchObject({ kind: 'activated', learning: false });
  });

  it('finds a version of the step being taken, which is not in the store yet', () => {
    const outputs = new RecordedOutputs();
    const learner = new Learner(
      { classifier: randomFeatureRls, featureSchema: SCHEMA, featureNames: FEATURES, versionEvery: 20 },
      { artifacts: { read: () => null }, digest },
    );
    for (const { topic, record } of labelled(25).command(back(2)).inputs)
      learner.process(topic, 0, record, outputs);
    expect(outputs.of<ModelEvent>(TOPICS.models).at(-1)).toMatchObject({ kind: 'activated', to: 2 });
  });

  it.each([0, 4, 99, -1])('refuses version %i, which was never made, and changes nothing', (to) => {
    const { run, events, learner } = setUp();
    run(labelled(45).inputs);
    const before = learner.snapshot();
    run(new InputLog().command(back(to)).inputs);
    expect(events().at(-1)).toMatchObject({ kind: 'refused', code: 'unknown_version', command: 0 });
    expect(learner.snapshot()).toEqual(before);
  });

  it('refuses a version of other features and changes nothing', () => {
    const old = setUp({ featureSchema: 'old-schema' });
    const log = new InputLog();
    for (let i = 0; i < 25; i++) log.window(window(i, 'sit', { featureSchema: 'old-schema' }));
    old.run(log.inputs);
    const { run, outputs, events, learner } = setUp(
      {},
      new RecordedOutputs(),
      () => 'always the same digest',
    );
    run(labelled(45).inputs);
    const before = learner.snapshot();
    outputs.artifacts.set(nameOf(outputs, 2), stateOf(old.outputs, 2)!);
    run(new InputLog().command(back(2)).inputs);
    expect(events().at(-1)).toMatchObject({ kind: 'refused', code: 'incompatible_features' });
    expect(learner.snapshot()).toEqual(before);
  });

  it('refuses a damaged version and changes nothing', () => {
    const { run, outputs, events, learner } = setUp();
    run(labelled(45).inputs);
    const damaged = stateOf(outputs, 1)!.slice();
    damaged[200] ^= 1;
    outputs.artifacts.set(nameOf(outputs, 1), damaged);
    const before = learner.snapshot();
    run(new InputLog().command(back(1)).inputs);
    expect(events().at(-1)).toMatchObject({ kind: 'refused', code: 'damaged_version' });
    expect(learner.snapshot()).toEqual(before);
  });
});

describe('learning', () => {
  it('is switched by command, at that record', () => {
    const { run, events, learner } = setUp();
    const log = labelled(10).command({ kind: 'learning', enabled: false });
    labelled(5, log, 10).command({ kind: 'learning', enabled: true });
    run(labelled(5, log, 15).inputs);
    expect(events().slice(1)).toEqual([
      { kind: 'learning', enabled: false, logPosition: 10, command: 0 },
      { kind: 'learning', enabled: true, logPosition: 15, command: 1 },
    ]);
    expect(learner.status().windows).toMatchObject({ labelled: 20, learned: 15 });
    expect(learner.status().scores.overall.windows).toBe(19);
  });

  it('can be off from the start', () => {
    const { run, learner, predictions } = setUp({ learning: false });
    run(labelled(10).inputs);
    expect(learner.status().windows.learned).toBe(0);
    expect(predictions().every(({ state }) => state === 'cold')).toBe(true);
  });
});

/** Bob sits; ann walks and bikes, and from window 500 on each of these looks as the other did. */
function drifting(): InputLog {
  const log = new InputLog();
  for (let i = 0; i < 1600; i++) {
    if (i % 2 === 1) {
      log.window(window(i, 'sit', { user: 'bob', device: 'watch' }));
      continue;
    }
    const walks = (i >> 4) % 2 === 0;
    const { features } = window(i, walks === i < 500 ? 'walk' : 'bike');
    log.window(window(i, walks ? 'walk' : 'bike', { features }));
  }
  return log;
}

/** Four devices walk and bike, and from window 500 on each of these looks as the other did. */
function everyoneDrifting(): InputLog {
  const log = new InputLog();
  for (let i = 0; i < 1600; i++) {
    const walks = (i >> 4) % 2 === 0;
    const { features } = window(i, walks === i < 500 ? 'walk' : 'bike');
    log.window(window(i, walks ? 'walk' : 'bike', { features, user: `user-${i % 4}` }));
  }
  return log;
}

describe('drift', () => {
  it('is one episode: warning, drift, recovered, with who was hit and where to go back to', () => {
    const { run, alerts } = setUp({ versionEvery: 200, onDrift: 'boost' });
    run(drifting().inputs);
    const stages = alerts().map(({ data }) => data.stage);
    expect(stages).toEqual(['warning', 'drift', 'recovered']);
    const drift = alerts()[1];
    expect(drift).toMatchObject({
      specversion: '1.0',
      id: 'drift-1/drift',
      source: '/learner',
      type: 'hark.drift',
      subject: 'error',
      datacontenttype: 'application/json',
      data: {
        episode: 'drift-1',
        detector: 'CUSUM',
        signal: 'error',
        scope: { users: ['ann'], devices: ['phone'], classes: ['bike'], features: [] },
        lastGoodVersion: 3,
        rollback: { method: 'POST', path: '/v1/models/3/rollback' },
      },
    });
    expect(drift.data.statistic).toBeGreaterThan(drift.data.threshold);
    expect(drift.data.after).toBeGreaterThan(drift.data.before + 0.1);
    expect(new Set(alerts().map(({ data }) => data.episode)).size).toBe(1);
    expect(alerts().every(({ time }) => new Date(time).toISOString() === time)).toBe(true);
  });

  it('makes a version, and boosts the classifier when it is not one device alone', () => {
    const boosted = setUp({ versionEvery: 5000, onDrift: 'boost' });
    const plain = setUp({ versionEvery: 5000, onDrift: 'none' });
    boosted.run(everyoneDrifting().inputs);
    plain.run(everyoneDrifting().inputs);
    for (const { events } of [boosted, plain]) {
      expect(events().map((event) => event.kind === 'created' && event.manifest.cause)).toEqual([
        'start',
        'drift',
      ]);
    }
    expect(stateOf(boosted.outputs, 2)).toEqual(stateOf(plain.outputs, 2));
    const accuracy = ({ learner }: typeof plain) => learner.status().scores.overall.accuracy;
    expect(accuracy(boosted)).toBeGreaterThan(accuracy(plain));
  });

  it('is told but not acted on while learning is off', () => {
    const { run, events, alerts, learner } = setUp({ versionEvery: 5000 });
    const { inputs } = drifting();
    run(inputs.slice(0, 500));
    run(new InputLog().command({ kind: 'learning', enabled: false }).inputs);
    const state = learner.modelState().length;
    run(inputs.slice(500));
    expect(alerts().map(({ data }) => data.stage)).toContain('drift');
    expect(events().map(({ kind }) => kind)).toEqual(['created', 'learning']);
    expect(learner.modelState().length).toBe(state);
    expect(learner.status().windows.learned).toBe(500);
  });
});

describe('a processor', () => {
  /** Windows early and final, labelled or not, of three devices, with commands in between. */
  function mixed(): InputLog {
    const random = new Xoshiro128(11);
    const log = new InputLog();
    for (let i = 0; i < 160; i++) {
      const device = `device-${i % 3}`;
      const user = `user-${(i >> 3) % 3}`;
      if (i % 4 === 0) log.window(window(i, activityOf(i), { user, device, final: false, revision: 0 }));
      const label = random.nextUniform() < 0.8 ? activityOf(i) : null;
      const features = i % 37 === 36 ? new Float64Array(0) : window(i, activityOf(i)).features;
      log.window(window(i, activityOf(i), { user, device, label, features }));
      if (i === 60) log.command({ kind: 'rollback', to: 2, learning: 'continue', reason: null });
      if (i === 80) log.command({ kind: 'snapshot' });
      if (i === 100) log.command({ kind: 'rollback', to: 99, learning: 'frozen', reason: null });
      if (i === 120) log.command({ kind: 'learning', enabled: false });
      if (i === 130) log.command({ kind: 'learning', enabled: true });
    }
    return log;
  }

  it('says the same of the same records', () => {
    const [a, b] = [setUp(EVERYTHING), setUp(EVERYTHING)];
    a.run(mixed().inputs);
    b.run(mixed().inputs);
    expect(a.outputs.emitted).toEqual(b.outputs.emitted);
    expect(a.learner.snapshot()).toEqual(b.learner.snapshot());
  });

  it('restored at any record, says what it would have said', () => {
    const { inputs } = mixed();
    const straight = setUp(EVERYTHING);
    straight.run(inputs);
    const outputs = new RecordedOutputs();
    let interrupted = setUp(EVERYTHING, outputs);
    for (const [i, input] of inputs.entries()) {
      interrupted.run([input]);
      if (i % 9 === 0) {
        const state = interrupted.learner.snapshot();
        interrupted = setUp(EVERYTHING, outputs);
        interrupted.learner.restore(state);
      }
    }
    expect(outputs.emitted).toEqual(straight.outputs.emitted);
    expect(outputs.artifacts).toEqual(straight.outputs.artifacts);
    expect(interrupted.learner.snapshot()).toEqual(straight.learner.snapshot());
    expect(interrupted.learner.status()).toEqual(straight.learner.status());
  });

  it('restored in the middle of a drift, says what it would have said', () => {
    const { inputs } = drifting();
    const straight = setUp({ ...EVERYTHING, versionEvery: 200 });
    straight.run(inputs);
    const outputs = new RecordedOutputs();
    let interrupted = setUp({ ...EVERYTHING, versionEvery: 200 }, outputs);
    for (const [i, input] of inputs.entries()) {
      interrupted.run([input]);
      if (i % 61 === 0) {
        const state = interrupted.learner.snapshot();
        interrupted = setUp({ ...EVERYTHING, versionEvery: 200 }, outputs);
        interrupted.learner.restore(state);
      }
    }
    expect(outputs.emitted).toEqual(straight.outputs.emitted);
  });

  it('executing a step again with its outputs suppressed, ends in the same state', () => {
    const { inputs } = mixed();
    const straight = setUp(EVERYTHING);
    straight.run(inputs);
    const again = setUp(EVERYTHING, straight.outputs);
    const emitted = straight.outputs.emitted.length;
    straight.outputs.suppressed = true;
    again.run(inputs);
    expect(straight.outputs.emitted.length).toBe(emitted);
    expect(again.learner.snapshot()).toEqual(straight.learner.snapshot());
  });

  it('refuses a state that is damaged, or of other features', () => {
    const { run, learner } = setUp(EVERYTHING);
    run(labelled(5).inputs);
    const state = learner.snapshot();
    expect(() => setUp(EVERYTHING).learner.restore(state.subarray(1))).toThrow(StateFormatError);
    expect(() => setUp({ featureSchema: 'other' }).learner.restore(state)).toThrow(FeatureSchemaError);
  });

  it('keeps a state of bounded size', () => {
    const { run, learner } = setUp({ versionEvery: 100_000 });
    run(labelled(1500).inputs);
    const size = learner.snapshot().length;
    run(labelled(1500).inputs);
    expect(Math.abs(learner.snapshot().length - size)).toBeLessThan(2000);
  });
});

describe('the status', () => {
  it('says which version answers, how well, and what was read', () => {
    const { run, learner } = setUp();
    expect(learner.status()).toMatchObject({ version: 0, learning: true, classes: [] });
    run(labelled(45).inputs);
    const status = learner.status();
    expect(status).toMatchObject({
      version: 3,
      classifier: 'rls',
      featureSchema: SCHEMA,
      classes: ACTIVITIES,
      drift: { stage: 'none', episodes: 0 },
    });
    expect(status.scores.overall.windows).toBe(44);
    expect(status.scores.sinceVersion.windows).toBe(5);
    // Windows 0, 2, 4 … start at a multiple of 2,560 ms; the first was cold.
    expect(status.scores.nonOverlapping.windows).toBe(22);
  });
});
