import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPS, Service, type App } from '../harness.js';
import { LiveListener } from '../live-listener.js';
import { ownMemory } from './own-memory.js';

/** `npm run soak` is the whole, 30 minutes; the short form shows that it works, and what does not come back at all. */
const MINUTES = Number(process.env['HARK_SOAK_MINUTES'] ?? 0.15);
const LONG_MINUTES = 10;
/** Of the time, before anything is measured. */
const WARM_UP = 0.2;
const POINTS = 60;
const DEVICES = Number(process.env['HARK_SOAK_DEVICES'] ?? 20);
const RATE_HZ = 50;
/** As fast as the devices' own clocks, so that the load is steady. */
const EVERY_MS = 1000;

/** What is measured, by name: bytes in MB, latency of a batch's acknowledgement in ms. */
type Measures = Readonly<Record<string, number>>;

describe(`a steady load over ${MINUTES} minutes`, () => {
  let service: Service;
  let listener: LiveListener;
  beforeAll(async () => {
    service = await Service.start({ HARK_LOG_LEVEL: 'silent', HARK_LATENESS_MS: '1000' });
    listener = await LiveListener.open(service);
  }, 60_000);
  afterAll(async () => {
    listener?.close();
    await service?.stop();
  });

  /** A second of one device, both sensors, with labels. */
  async function send(device: number, second: number): Promise<number> {
    const sensors = ['accelerometer', 'gyroscope'].map((sensor) => {
      const rows = Array.from({ length: RATE_HZ }, (_, i) => second * RATE_HZ + i);
      return {
        ...{ user: `u${device % 10}`, device: `d${device}`, model: 'test', sensor },
        gt: device % 2 === 0 ? 'walk' : 'sit',
        creationTime: rows.map((row) => `${1_700_000_000_000 + (row * 1000) / RATE_HZ}000000`),
        x: rows.map((row) => Math.sin(row / 3 + device)),
        y: rows.map((row) => 9.8 + Math.cos(row / 2)),
        z: rows.map((row) => (row % 7) / 8),
      };
    });
    const begun = performance.now();
    const { status, body } = await service.post('ingest', '/v1/samples', sensors);
    expect(status, JSON.stringify(body)).toBe(200);
    return performance.now() - begun;
  }

  async function measured(latencies: number[]): Promise<Measures> {
    const measures: Record<string, number> = {};
    for (const app of APPS) {
      const text = await (await fetch(service.url(app, '/metrics'))).text();
      const value = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
      measures[`${app} memory`] =
        ownMemory(service.data, app) ?? value('process_resident_memory_bytes') / 1e6;
      measures[`${app} heap`] = value('nodejs_heap_size_used_bytes') / 1e6;
      measures[`${app} descriptors`] = value('process_open_fds');
    }
    measures['log'] = bytesOf(join(service.data, 'log')) / 1e6;
    measures['artifacts'] = bytesOf(join(service.data, 'artifacts')) / 1e6;
    const sorted = latencies.splice(0).sort((a, b) => a - b);
    measures['latency p50'] = sorted[Math.floor(sorted.length / 2)] ?? NaN;
    measures['latency p99'] = sorted[Math.floor(0.99 * sorted.length)] ?? NaN;
    return measures;
  }

  it(
    'takes every batch, answers as fast at the end, and holds memory and descriptors',
    async () => {
      const points: { readonly minutes: number; readonly measures: Measures }[] = [];
      const latencies: number[] = [];
      const begun = performance.now();
      const minutes = () => (performance.now() - begun) / 60_000;
      let due = WARM_UP * MINUTES;
      let seconds = 0;
      for (; minutes() < MINUTES; seconds++) {
        latencies.push(...(await Promise.all(Array.from({ length: DEVICES }, (_, i) => send(i, seconds)))));
        if (minutes() >= due) {
          points.push({ minutes: minutes(), measures: await measured(latencies) });
          due += MINUTES / POINTS;
        }
        await sleep(Math.max(0, (seconds + 1) * EVERY_MS - (performance.now() - begun)));
      }
      const slopes = Object.keys(points[0].measures).map((name) => {
        const series = points.map(({ minutes: at, measures }) => [at, measures[name]] as const);
        return { name, first: series[0][1], last: series.at(-1)![1], perMinute: slopeOf(series) };
      });
      console.log(
        [
          `${DEVICES * 2 * RATE_HZ} rows/s, ${points.length} points: first, last, slope a minute`,
          ...slopes.map(({ name, first, last, perMinute }) =>
            [name.padEnd(20), first.toFixed(1), last.toFixed(1), perMinute.toFixed(2)].join('  '),
          ),
        ].join('\n'),
      );
      expect(listener.predictions.length).toBeGreaterThan(0);
      const of = (name: string) => slopes.find((slope) => slope.name === name)!;
      for (const app of APPS as readonly App[]) {
        // A short time shows what leaks by the request alone; a memory manager takes minutes to settle.
        const memory = of(`${app} memory`);
        if (MINUTES >= LONG_MINUTES)
          expect(memory.perMinute, `MB a minute of the ${app}`).toBeLessThanOrEqual(1);
        else expect(memory.last - memory.first, `MB of the ${app}`).toBeLessThan(200);
        const descriptors = of(`${app} descriptors`);
        expect(descriptors.last - descriptors.first, `descriptors of the ${app}`).toBeLessThan(20);
      }
    },
    60_000 * (MINUTES + 2),
  );
});

function bytesOf(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  return bytes;
}

/** Least squares. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (of: 0 | 1) => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  let [numerator, denominator] = [0, 0];
  for (const point of points) {
    numerator += (point[0] - x) * (point[1] - y);
    denominator += (point[0] - x) * (point[0] - x);
  }
  return numerator / denominator;
}
