import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HHAR_ACTIVITIES } from '@hark/contracts';
import { Simulation, SimulationOptionError, type SimulationOptions } from './index.js';

interface Row {
  user: string;
  device: string;
  model: string;
  sensor: string;
  creationNs: bigint;
  arrivalMs: number;
  x: number;
  y: number;
  z: number;
  label: string | null;
}

function rowsOf(options: SimulationOptions): { rows: Row[]; simulation: Simulation } {
  const simulation = new Simulation(options);
  const rows: Row[] = [];
  for (const { batch } of simulation) {
    for (let i = 0; i < batch.rows; i++) {
      rows.push({
        ...batch.streams[batch.stream[i]],
        creationNs: BigInt(batch.creationMs[i]) * 1_000_000n + BigInt(batch.creationSubNs[i]),
        arrivalMs: batch.arrivalMs[i],
        x: batch.x[i],
        y: batch.y[i],
        z: batch.z[i],
        label: batch.label[i] === 0 ? null : batch.labels[batch.label[i] - 1],
      });
    }
  }
  return { rows, simulation };
}

function digest(options: SimulationOptions): string {
  const hash = createHash('sha256');
  for (const { afterMs, batch } of new Simulation(options)) {
    hash.update(`${afterMs} ${JSON.stringify(batch.streams)} ${JSON.stringify(batch.labels)}`);
    for (const column of [batch.creationMs, batch.creationSubNs, batch.x, batch.y, batch.z, batch.label]) {
      hash.update(column);
    }
  }
  return hash.digest('hex');
}

const of = (rows: Row[], device: string, sensor: string): Row[] =>
  rows.filter((row) => row.device === device && row.sensor === sensor);
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
function deviation(values: number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) * (value - centre))));
}
const magnitude = (row: Row): number => Math.sqrt(row.x * row.x + row.y * row.y + row.z * row.z);
const SESSION = { devices: 6, durationSeconds: 100, boutSeconds: 12, sessionSeconds: Infinity } as const;

describe('Simulation', () => {
  const session = rowsOf(SESSION);

  it('gives the same rows for the same options, and others for another seed', () => {
    const options: SimulationOptions = {
      durationSeconds: 20,
      faults: ['late', 'dup', 'skew', 'gap', 'drift'],
    };
    expect(digest(options)).toBe(digest(options));
    expect(digest(options)).not.toBe(digest({ ...options, seed: 2 }));
  });

  it("has HHAR's users, twelve devices, models and both sensors", () => {
    const { rows } = rowsOf({ durationSeconds: 2 });
    expect([...new Set(rows.map((row) => row.device))].sort()).toEqual([
      'gear_1',
      'gear_2',
      'lgwatch_1',
      'lgwatch_2',
      'nexus4_1',
      'nexus4_2',
      's3_1',
      's3_2',
      's3mini_1',
      's3mini_2',
      'samsungold_1',
      'samsungold_2',
    ]);
    expect([...new Set(rows.map((row) => row.user))].sort().join('')).toBe('abcdefghi');
    expect(new Set(rows.map((row) => `${row.device}/${row.sensor}`)).size).toBe(24);
    expect(new Set(rows.filter((row) => row.device === 'lgwatch_2').map((row) => row.model))).toEqual(
      new Set(['lgwatch']),
    );
  });

  it('samples each device within 1.5 % of its nominal rate', () => {
    const { rows } = rowsOf({ durationSeconds: 20, devices: 6 });
    const nominal = {
      nexus4_1: 200,
      s3_1: 150,
      s3mini_1: 100,
      samsungold_1: 50,
      gear_1: 100,
      lgwatch_1: 200,
    };
    for (const [device, rate] of Object.entries(nominal)) {
      for (const sensor of ['accelerometer', 'gyroscope']) {
        expect(Math.abs(of(rows, device, sensor).length / 20 / rate - 1)).toBeLessThan(0.018);
      }
    }
  });

  it('never gives one sensor two rows of one time, nor times that go back, without faults', () => {
    const { rows } = rowsOf({ durationSeconds: 10, devices: 3 });
    const last = new Map<string, bigint>();
    let back = 0;
    for (const row of rows) {
      const key = `${row.device}/${row.sensor}`;
      if (row.creationNs <= (last.get(key) ?? -1n)) back++;
      last.set(key, row.creationNs);
    }
    expect(rows.length).toBeGreaterThan(8000);
    expect(back).toBe(0);
  });

  it('delivers in the order of arrival, the two sensors of a device in batches apart', () => {
    const simulation = new Simulation({ durationSeconds: 30, faults: ['late', 'dup'] });
    let last = 0;
    for (const { afterMs, batch } of simulation) {
      expect(afterMs).toBeGreaterThanOrEqual(last);
      expect(batch.streams).toHaveLength(1);
      expect(batch.arrivalMs[0]).toBe(simulation.options.startMs + afterMs);
      last = afterMs;
    }
  });

  it('feels gravity of 9.81 m/s² and hardly any rotation at rest', () => {
    const { rows } = session;
    for (const device of ['nexus4_1', 's3mini_1', 'gear_1', 'lgwatch_1']) {
      const still = of(rows, device, 'accelerometer').filter(
        ({ label }) => label === 'stand' || label === 'sit',
      );
      expect(still.length).toBeGreaterThan(500);
      expect(Math.abs(mean(still.map(magnitude)) - 9.81)).toBeLessThan(0.35);
      const turning = of(rows, device, 'gyroscope').filter(({ label }) => label === 'sit');
      expect(mean(turning.map(magnitude))).toBeLessThan(0.1);
    }
  });

  it('labels all six activities and leaves the transitions between them unlabelled', () => {
    const rows = session.rows.filter((row) => row.device === 'nexus4_1');
    expect(new Set(rows.map((row) => row.label))).toEqual(new Set([...HHAR_ACTIVITIES, null]));
    const unlabelled = rows.filter((row) => row.label === null).length / rows.length;
    expect(unlabelled).toBeGreaterThan(0.05);
    expect(unlabelled).toBeLessThan(0.2);
  });

  it('moves more when walking than when standing, and most at the wrist', () => {
    const { rows } = session;
    const spread = (device: string, sensor: string, activity: string): number =>
      deviation(
        of(rows, device, sensor)
          .filter((row) => row.label === activity)
          .map(magnitude),
      );
    expect(spread('nexus4_1', 'accelerometer', 'walk')).toBeGreaterThan(
      5 * spread('nexus4_1', 'accelerometer', 'stand'),
    );
    expect(spread('lgwatch_1', 'gyroscope', 'walk')).toBeGreaterThan(spread('nexus4_1', 'gyroscope', 'walk'));
  });

  it('tells sitting from standing by the tilt of the phone', () => {
    const rows = session.rows.filter((row) => row.device === 'nexus4_1');
    const direction = (activity: string): number[] => {
      const of = rows.filter((row) => row.sensor === 'accelerometer' && row.label === activity);
      return [mean(of.map((row) => row.x)), mean(of.map((row) => row.y)), mean(of.map((row) => row.z))];
    };
    const [sit, stand] = [direction('sit'), direction('stand')];
    const cosine = sit.reduce((sum, value, i) => sum + value * stand[i], 0) / (9.81 * 9.81);
    expect(Math.acos(Math.min(1, cosine))).toBeGreaterThan(0.4);
  });

  it('sends about one row in a hundred twice with the fault dup, and none without', () => {
    const { rows, simulation } = rowsOf({ durationSeconds: 20, devices: 4, faults: ['dup'] });
    const distinct = new Set(rows.map((row) => `${row.device} ${row.sensor} ${row.creationNs}`)).size;
    expect(rows.length - distinct).toBe(simulation.counts.duplicates);
    expect(simulation.counts.duplicates / rows.length).toBeGreaterThan(0.007);
    expect(simulation.counts.duplicates / rows.length).toBeLessThan(0.013);
    expect(rowsOf({ durationSeconds: 5 }).simulation.counts.duplicates).toBe(0);
  });

  it('holds bursts back 5 to 10 s with the fault late, and a few beyond a watermark of 10 s', () => {
    const simulation = new Simulation({ durationSeconds: 600, devices: 2, faults: ['late'] });
    const newest = new Map<string, number>();
    let rows = 0;
    let behind = 0;
    let beyond = 0;
    for (const { batch } of simulation) {
      const key = `${batch.streams[0].device}/${batch.streams[0].sensor}`;
      let last = newest.get(key) ?? 0;
      for (let i = 0; i < batch.rows; i++) {
        const time = batch.creationMs[i] + batch.creationSubNs[i] / 1e6;
        if (time < last) behind++;
        if (time < last - 10_000) beyond++;
        last = Math.max(last, time);
      }
      newest.set(key, last);
      rows += batch.rows;
    }
    expect(behind / rows).toBeGreaterThan(0.005);
    expect(behind / rows).toBeLessThan(0.04);
    expect(beyond).toBeGreaterThan(0);
    expect(beyond).toBeLessThan(behind / 3);
    expect(simulation.counts.beyond).toBeGreaterThanOrEqual(beyond);
    expect(simulation.counts.rows).toBe(rows);
  });

  it("has HHAR's clocks with the fault skew, and true ones without", () => {
    const first = (faults: SimulationOptions['faults'], device: string): number => {
      const { rows } = rowsOf({ durationSeconds: 1, faults });
      const [row] = of(rows, device, 'accelerometer');
      return Number(row.creationNs / 1_000_000n) - row.arrivalMs;
    };
    expect(Math.round(first(['skew'], 'nexus4_2') / 1000)).toBe(1846);
    expect(Math.round(first(['skew'], 'nexus4_1') / 1000)).toBe(-2);
    expect(Math.abs(first([], 'nexus4_2'))).toBeLessThan(400);
    const { rows } = rowsOf({ durationSeconds: 1, faults: ['skew'] });
    const [watch] = of(rows, 'gear_1', 'gyroscope');
    expect(Number(watch.creationNs / 1_000_000_000n)).toBe(27_920);
  });

  it('falls silent for 15 to 60 s with the fault gap, both sensors at once', () => {
    const { rows } = rowsOf({ durationSeconds: 480, devices: 1, sessionSeconds: Infinity, faults: ['gap'] });
    const longest = (sensor: string): number => {
      const times = of(rows, 'nexus4_1', sensor).map((row) => Number(row.creationNs / 1_000_000n));
      return Math.max(...times.slice(1).map((time, i) => time - times[i]));
    };
    expect(longest('accelerometer')).toBeGreaterThan(15_000);
    expect(longest('accelerometer')).toBeLessThan(60_500);
    expect(Math.abs(longest('accelerometer') - longest('gyroscope'))).toBeLessThan(50);
  });

  it('turns one device over at the moment given with the fault drift', () => {
    const options: SimulationOptions = { durationSeconds: 20, users: 1, devices: 3, drift: { atSeconds: 9 } };
    const { rows, simulation } = rowsOf({ ...options, faults: ['drift'] });
    const steady = rowsOf(options).rows;
    expect(simulation.drift).toEqual([{ device: 'nexus4_1', atSeconds: 9 }]);
    const differs = rows.filter((row, i) => row.x !== steady[i].x || row.z !== steady[i].z);
    expect(new Set(differs.map((row) => row.device))).toEqual(new Set(['nexus4_1']));
    const start = BigInt(simulation.options.startMs) * 1_000_000n;
    expect(Number(differs[0].creationNs - start) / 1e9).toBeCloseTo(9, 1);
  });

  it('passes a device on to the next user after each session, with a pause', () => {
    const { rows } = rowsOf({ durationSeconds: 59, devices: 1, users: 2, sessionSeconds: 30 });
    expect([...new Set(rows.map((row) => row.user))]).toEqual(['a', 'b']);
    const lastOfA = rows.findLast((row) => row.user === 'a') as Row;
    const firstOfB = rows.find((row) => row.user === 'b') as Row;
    expect(Number(firstOfB.creationNs - lastOfA.creationNs) / 1e9).toBeCloseTo(3, 0);
  });

  it.each([
    [{ users: 0 }, 'users is 0'],
    [{ devices: 1.5 }, 'devices is 1.5'],
    [{ durationSeconds: -1 }, 'durationSeconds is -1'],
    [{ faults: ['fire' as never] }, 'unknown fault "fire"'],
  ])('refuses %j by name', (options, message) => {
    expect(() => new Simulation(options)).toThrow(SimulationOptionError);
    expect(() => new Simulation(options)).toThrow(message);
  });
});
