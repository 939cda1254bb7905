import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { KafkaBroker } from '../../tools/kafka/src/kafka-broker.js';
import { Service, finished, hark, startHark, type WirePrediction } from '../harness.js';
import { recordedPredictions, type RecordedPredictions } from '../recorded-predictions.js';
import { WindowLoad } from '../window-load.js';

const brokers = inject('kafka');

/** `HARK_E2E_KILLS=10` strikes more often. */
const STRIKES = Number(process.env['HARK_E2E_KILLS'] ?? 3);
/** Once where the model is merged, once where it is not. */
const STRIKES_UNDER_LOAD = Number(process.env['HARK_E2E_KILLS'] ?? 2);

const PARTITIONS = 4;

/** What does not depend on which version answered a window. */
const window = ({ id, label, samples }: WirePrediction) => [id, label, samples];
const sorted = (predictions: readonly WirePrediction[]) =>
  [...predictions].sort((a, b) => (a.id < b.id ? -1 : 1)).map(window);

/** Share of the labelled windows that were answered right, each before its label was learned. */
function accuracy(predictions: readonly WirePrediction[]): number {
  const labelled = predictions.filter(({ label }) => label !== null);
  return labelled.filter(({ label, activity }) => label === activity).length / labelled.length;
}

interface Status {
  readonly partitions: { readonly held: readonly number[] };
  readonly learner: {
    readonly lagRecords: number;
    readonly partitions: readonly {
      readonly partition: number;
      readonly address: string | null;
      readonly position: number;
      readonly end: number;
    }[];
  };
  readonly models: readonly {
    readonly partition: number;
    readonly version: number;
    readonly windows: { readonly final: number };
    readonly unmerged: { readonly windows: number };
  }[];
  /** Where the first partition is worked. */
  readonly merger?: {
    readonly lagRecords: number;
    readonly windows: { readonly learned: number; readonly leftOut: number };
  } | null;
  readonly pid: number;
}

describe.skipIf(brokers === null)('several learners on Kafka', () => {
  let recorded: RecordedPredictions;
  const services: Service[] = [];
  let made = 0;

  beforeAll(async () => {
    recorded = await recordedPredictions(6, 7, 8, 8);
  });
  afterEach(async () => {
    for (const service of services.splice(0)) await service.stop();
  });
  afterAll(() => recorded?.remove());

  const environment = (more: Record<string, string> = {}): Record<string, string> => ({
    HARK_KAFKA_BROKERS: brokers!,
    HARK_KAFKA_PREFIX: `learners-${process.pid}-${made}.`,
    HARK_KAFKA_PARTITIONS: String(PARTITIONS),
    HARK_KAFKA_LEARNERS: 'several',
    HARK_CLASSIFIER: 'ridge',
    ...more,
  });
  async function started(more: Record<string, string> = {}): Promise<Service> {
    made++;
    const service = await Service.start(environment(more));
    services.push(service);
    return service;
  }
  /** One more learner, with a data folder of its own, but for the versions of the model. */
  async function joined(first: Service, more: Record<string, string> = {}): Promise<Service> {
    const service = new Service(environment(more));
    services.push(service);
    mkdirSync(join(first.data, 'artifacts'), { recursive: true });
    symlinkSync(join(first.data, 'artifacts'), join(service.data, 'artifacts'));
    await service.startApp('learner');
    return service;
  }
  const status = (service: Service) => service.get<Status>('learner', '/v1/status');
  const held = async (service: Service) => (await status(service)).partitions.held;
  const urls = (service: Service) => [
    '--url',
    service.url('ingest'),
    '--learner-url',
    service.url('learner'),
  ];
  async function imported(service: Service): Promise<void> {
    const { code, stderr } = await finished(
      startHark(['import', recorded.recording, '--wait', ...urls(service)]),
    );
    expect(code, stderr).toBe(0);
  }

  it('share the partitions out, and answer each window once, by one line of versions', async () => {
    const first = await started({ HARK_VERSION_EVERY: '200' });
    expect(await held(first)).toEqual([0, 1, 2, 3]);
    const second = await joined(first, { HARK_VERSION_EVERY: '200' });
    await until(async () => (await held(first)).length === 2 && (await held(second)).length === 2);
    expect([...(await held(first)), ...(await held(second))].sort()).toEqual([0, 1, 2, 3]);
    await imported(first);
    const live = await first.predictions(recorded.expected.length);
    expect(sorted(live)).toEqual(sorted(recorded.expected));
    // Everybody says the same of every partition, and of its own what it has learned.
    const pages = [await status(first), await status(second)];
    for (const { learner, partitions, models } of pages) {
      expect(learner.lagRecords).toBe(0);
      expect(learner.partitions.map(({ partition }) => partition)).toEqual([0, 1, 2, 3]);
      expect(new Set(learner.partitions.map(({ address }) => address)).size).toBe(2);
      for (const { position, end } of learner.partitions) expect(position).toBe(end);
      expect(models.map(({ partition }) => partition)).toEqual(partitions.held);
    }
    expect(await answered([first, second])).toBe(recorded.expected.length);
    for (const service of [first, second]) {
      const metrics = await (await fetch(service.url('learner', '/metrics'))).text();
      for (const partition of await held(service)) {
        expect(metrics).toContain(`hark_learner_lag_records{partition="${partition}"} 0`);
        expect(metrics).toContain(`hark_model_version{partition="${partition}"}`);
      }
    }
    const { code, stdout } = await hark(['status'], { HARK_DATA: first.data });
    expect(code).toBe(0);
    for (const partition of await held(first)) expect(stdout).toContain(`partition ${partition}: model v`);
    // Versions that were merged answer in all of them.
    const { current } = await first.get<{ current: number }>('gateway', '/v1/models');
    expect(current).toBeGreaterThan(2);
    await until(async () => (await versionsOf([first, second])).every((version) => version === current));
  });

  it('are as accurate as one learner, within half a point', async () => {
    const one = await Service.start({ HARK_CLASSIFIER: 'ridge' });
    services.push(one);
    await imported(one);
    const alone = accuracy(await one.predictions(recorded.expected.length));
    const first = await started();
    const second = await joined(first);
    await until(async () => (await held(second)).length === 2);
    await imported(first);
    const together = accuracy(await first.predictions(recorded.expected.length));
    console.log(`accuracy of one learner ${alone.toFixed(4)}, of two ${together.toFixed(4)}`);
    expect(alone).toBeGreaterThan(0.5);
    expect(together).toBeGreaterThan(alone - 0.005);
  });

  it('go back to one version when one is asked for, wherever the windows come', async () => {
    const more = { HARK_VERSION_EVERY: '200' };
    const first = await started(more);
    const second = await joined(first, more);
    await until(async () => (await held(second)).length === 2);
    const load = new WindowLoad(first, 100);
    load.start();
    try {
      /** Until each partition has answered so many windows more. */
      const further = async (windows: number) => {
        const ends = (await status(first)).learner.partitions.map(({ end }) => end);
        await until(async () =>
          (await status(first)).learner.partitions.every(({ position }, i) => position > ends[i] + windows),
        );
      };
      const to = 2;
      await until(async () => (await versionsOf([first, second])).every((version) => version > to + 2));
      // Windows come some for each user at a time: now everybody has been answered by a later version.
      await further(48);
      const answer = await first.post('gateway', `/v1/models/${to}/rollback`, {
        learning: 'frozen',
        reason: 'worse',
      });
      expect([answer.status, answer.body['to']]).toEqual([200, to]);
      await until(async () => (await versionsOf([first, second])).every((version) => version === to));
      await further(20);
    } finally {
      await load.stop();
    }
    await until(async () => (await status(first)).learner.lagRecords === 0);
    expect(await versionsOf([first, second])).toEqual([2, 2, 2, 2]);
    const live = await first.predictions(await answered([first, second]));
    const ofUser = new Map<string, number[]>();
    for (const { user, modelVersion } of live) ofUser.set(user, [...(ofUser.get(user) ?? []), modelVersion]);
    expect(ofUser.size).toBe(32);
    for (const versions of ofUser.values()) {
      const before = versions.lastIndexOf(Math.max(...versions));
      expect(versions[before]).toBeGreaterThan(2);
      expect(versions.slice(0, before + 1)).toEqual(versions.slice(0, before + 1).sort((a, b) => a - b));
      expect(new Set(versions.slice(before + 1))).toEqual(new Set([2]));
    }
  });

  it(
    `joining, leaving and killed during an import, ${STRIKES} times over, lose nothing and double nothing`,
    async () => {
      let strikes = 0;
      while (strikes < STRIKES) {
        const more = { HARK_VERSION_EVERY: '200' };
        const first = await started(more);
        const second = await joined(first, more);
        const child = startHark(['import', recorded.recording, '--wait', ...urls(first)]);
        const importing = finished(child);
        while (strikes < STRIKES && child.exitCode === null) {
          const third = await joined(first, more);
          await until(async () => child.exitCode !== null || (await held(third)).length > 0);
          if (child.exitCode !== null) {
            await third.terminate('learner');
            break;
          }
          // The one that came is killed or ends, or the one that has the first partition is killed and comes back.
          const kind = strikes % 3;
          if (kind === 0) await third.kill('learner');
          if (kind === 1) expect(await third.terminate('learner')).toBe(0);
          if (kind === 2) {
            await first.kill('learner');
            await first.startApp('learner');
            await third.kill('learner');
          }
          strikes++;
        }
        const { code, stderr } = await importing;
        expect(code, stderr).toBe(0);
        const live = await first.predictions(recorded.expected.length);
        expect(sorted(live)).toEqual(sorted(recorded.expected));
        // Each window was learned or passed over once, wherever its partition was.
        await until(async () => (await held(first)).length + (await held(second)).length === PARTITIONS);
        expect(await answered([first, second])).toBe(recorded.expected.length);
        for (const service of services.splice(0)) await service.stop();
      }
    },
    180_000 * STRIKES,
  );

  it(
    `killed under load, ${STRIKES_UNDER_LOAD} times over, answer and learn each window once, and go on within seconds`,
    async () => {
      const first = await started();
      const learners = [first, await joined(first)];
      const balanced = () =>
        until(async () => (await Promise.all(learners.map(held))).every(({ length }) => length === 2));
      await balanced();
      const load = new WindowLoad(first, 100);
      load.start();
      const awayMs: number[] = [];
      try {
        for (let strike = 0; strike < STRIKES_UNDER_LOAD; strike++) {
          await sleep(1500);
          // In turn the one that merges and the other.
          const merges = (await held(first)).includes(0) ? 0 : 1;
          const struck = strike % 2 === 0 ? merges : 1 - merges;
          const left = learners[1 - struck];
          await learners[struck].kill('learner');
          const killed = performance.now();
          const { partitions } = (await status(left)).learner;
          await until(async () =>
            (await status(left)).learner.partitions.every(({ position }, i) => position > partitions[i].end),
          );
          awayMs.push(Math.round(performance.now() - killed));
          await learners[struck].startApp('learner');
          await balanced();
        }
      } finally {
        await load.stop();
      }
      console.log('all partitions answered again after ms:', JSON.stringify(awayMs));
      await until(async () => (await status(first)).learner.lagRecords === 0);
      await until(async () => (await mergerOf(learners)).lagRecords === 0);
      const live = await first.predictions(await answered(learners));
      expect(new Set(live.map(({ id }) => id)).size).toBe(live.length);
      const starts = new Map<string, bigint[]>();
      for (const {
        user,
        window: { startNs },
      } of live)
        starts.set(user, [...(starts.get(user) ?? []), BigInt(startNs)]);
      expect(starts.size).toBe(32);
      for (const times of starts.values())
        expect(times).toEqual(times.map((_, i) => times[0] + BigInt(i) * 1_280_000_000n));
      // What was learned stands in the model of all, or is still to be handed in: each window once.
      const models = (await Promise.all(learners.map(status))).flatMap((page) => page.models);
      const sum = (of: (model: (typeof models)[number]) => number) =>
        models.reduce((total, model) => total + of(model), 0);
      const { windows } = await mergerOf(learners);
      expect(windows.leftOut).toBe(0);
      const learnable = live.filter(({ label, reason }) => label !== null && reason !== 'no_data');
      expect(windows.learned + sum(({ unmerged }) => unmerged.windows)).toBe(learnable.length);
    },
    90_000 * STRIKES_UNDER_LOAD,
  );

  it('are not held up by one that stands still: it shows, and somebody else does its work', async () => {
    const first = await started();
    const second = await joined(first);
    await until(async () => (await held(second)).length === 2);
    const still = await held(second);
    const load = new WindowLoad(first, 100);
    const { pid } = await status(second);
    load.start();
    try {
      process.kill(pid, 'SIGSTOP');
      // Less than it takes until it counts as dead.
      await sleep(3000);
      const { partitions } = (await status(first)).learner;
      const lag = ({ position, end }: (typeof partitions)[number]) => end - position;
      const waiting = partitions.filter(({ partition }) => still.includes(partition));
      const going = partitions.filter(({ partition }) => !still.includes(partition));
      expect(Math.min(...waiting.map(lag))).toBeGreaterThan(Math.max(...going.map(lag)));
      expect(Math.min(...going.map(({ position }) => position))).toBeGreaterThan(0);
      await until(async () => (await held(first)).length === PARTITIONS);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await until(async () => (await held(first)).length === 2 && (await held(second)).length === 2);
    await load.stop();
    await until(async () => (await status(first)).learner.lagRecords === 0);
    const live = await first.predictions(await answered([first, second]));
    expect(new Set(live.map(({ id }) => id)).size).toBe(live.length);
  });

  it('are read by reports as one', async () => {
    const first = await started();
    const second = await joined(first);
    await until(async () => (await held(second)).length === 2);
    const report = await first.post('gateway', '/v1/reports', {
      ...{ name: 'answers', from: 'predictions', outputMode: 'update' },
      trigger: { processingTime: '1 second' },
      where: [{ column: 'final', op: '=', value: true }],
      groupBy: { columns: ['user'] },
      aggregate: [{ fn: 'count' }],
    });
    expect(report.status, JSON.stringify(report.body)).toBe(201);
    await imported(first);
    const counted = async () => {
      const { rows } = await first.get<{ rows: { count: number }[] }>('gateway', '/v1/reports/answers');
      return rows.reduce((sum, { count }) => sum + count, 0);
    };
    await until(async () => (await counted()) >= recorded.expected.length);
    expect(await counted()).toBe(recorded.expected.length);
  });

  it('learn labels that come late, whoever works their user', async () => {
    const first = await started();
    const second = await joined(first);
    await until(async () => (await held(second)).length === 2);
    const load = new WindowLoad(first, 200, false);
    load.start();
    await until(() => Promise.resolve(load.windows > 32 * 12));
    await load.stop();
    await until(async () => (await status(first)).learner.lagRecords === 0);
    let labelled = 0;
    for (let user = 0; user < 8; user++) {
      const { status: code, body } = await first.post('gateway', '/v1/labels', {
        ...{ user: `u${user}`, activity: 'walk' },
        ...{ from: '2026-01-01T00:00:04Z', to: '2026-01-01T00:00:10Z' },
      });
      expect(code, JSON.stringify(body)).toBe(201);
      expect(body['windows']).toBeGreaterThan(0);
      labelled += Number(body['windows']);
    }
    const learners = [first, second];
    await until(async () => (await mergerOf(learners)).lagRecords === 0);
    const models = (await Promise.all(learners.map(status))).flatMap((page) => page.models);
    const kept = models.reduce((sum, { unmerged }) => sum + unmerged.windows, 0);
    expect((await mergerOf(learners)).windows.learned + kept).toBe(labelled);
  });

  it('go on where the broker is killed in between, and lose and double nothing', async () => {
    const broker = await KafkaBroker.start();
    const more = { HARK_KAFKA_BROKERS: broker.address };
    try {
      const first = await started(more);
      const second = await joined(first, more);
      await until(async () => (await held(second)).length === 2);
      const importing = finished(startHark(['import', recorded.recording, '--wait', ...urls(first)]));
      for (let strikes = 0; strikes < 2; strikes++) {
        await sleep(700);
        await broker.kill();
        await broker.restart();
        for (const service of [first, second])
          await until(async () => (await fetch(service.url('learner', '/health/ready'))).ok);
      }
      const { code, stderr } = await importing;
      expect(code, stderr).toBe(0);
      const live = await first.predictions(recorded.expected.length);
      expect(sorted(live)).toEqual(sorted(recorded.expected));
    } finally {
      for (const service of services.splice(0)) await service.stop();
      await broker.stop();
    }
  });

  it('say so where they do not share the files of versions', async () => {
    const first = await started();
    const other = new Service(environment());
    services.push(other);
    await other.startApp('learner');
    await until(async () => (await held(other)).length === 2);
    await imported(first);
    await until(async () => {
      const ready = await fetch(other.url('learner', '/health/ready'));
      return ready.status === 503 && (await ready.text()).includes('same folder artifacts/');
    });
    expect((await fetch(first.url('learner', '/health/ready'))).status).toBe(200);
  });

  it('do not start with what does not add up, or where the log was made for one', async () => {
    const first = await started();
    const refused = async (more: Record<string, string>): Promise<void> => {
      const other = new Service(environment(more));
      services.push(other);
      await expect(other.startApp('learner')).rejects.toThrow('learner ended with 1');
    };
    await refused({ HARK_CLASSIFIER: 'ensemble' });
    await refused({ HARK_KAFKA_LEARNERS: 'one' });
    expect((await held(first)).length).toBe(PARTITIONS);
  });

  /** Windows that have been answered finally, by the counts of all partitions. */
  async function answered(learners: readonly Service[]): Promise<number> {
    const pages = await Promise.all(learners.map(status));
    return pages.flatMap(({ models }) => models).reduce((sum, { windows }) => sum + windows.final, 0);
  }

  async function mergerOf(learners: readonly Service[]): Promise<NonNullable<Status['merger']>> {
    const pages = await Promise.all(learners.map(status));
    return pages.find(({ merger }) => merger !== undefined && merger !== null)!.merger!;
  }

  async function versionsOf(learners: readonly Service[]): Promise<number[]> {
    const pages = await Promise.all(learners.map(status));
    return pages.flatMap(({ models }) => models.map(({ version }) => version));
  }
});

async function until(met: () => Promise<boolean>, limitMs = 60_000): Promise<void> {
  for (let waited = 0; waited < limitMs; waited += 100) {
    if (await met()) return;
    await sleep(100);
  }
  throw new Error(`not met in ${limitMs / 1000} s`);
}
