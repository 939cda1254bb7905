import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { APPS } from '../harness.js';
import { CAN_MOUNT, SmallDisk } from './small-disk.js';

const RATE_HZ = 25;
const SECONDS = 20;
const ROWS = 2 * RATE_HZ * SECONDS;

/** A batch of one device, both sensors, that goes on where the one before ended. */
function batch(number: number): string {
  const sensors = ['accelerometer', 'gyroscope'].map((sensor) => {
    const rows = Array.from({ length: RATE_HZ * SECONDS }, (_, i) => number * RATE_HZ * SECONDS + i);
    return {
      ...{ user: 'a', device: 'd', model: 'test', sensor, gt: 'walk' },
      creationTime: rows.map((row) => `${1_700_000_000_000 + (row * 1000) / RATE_HZ}000000`),
      x: rows.map((row) => row / 1024),
      y: rows.map((row) => Math.sin(row)),
      z: rows.map((row) => 9.8 + Math.cos(row)),
    };
  });
  return JSON.stringify(sensors);
}

interface DeviceStatus {
  readonly devices: readonly Record<'windowed' | 'duplicates' | 'late' | 'quarantined' | 'open', number>[];
}

describe.skipIf(!CAN_MOUNT)(
  `a full disk${CAN_MOUNT ? '' : ' (skipped: nothing can be mounted here)'}`,
  () => {
    let disk: SmallDisk;
    beforeEach(async () => {
      disk = await SmallDisk.mount(32);
      await disk.start();
    }, 60_000);
    afterEach(() => disk.remove());

    const post = async (number: number) => {
      const response = await fetch(disk.url('ingest', '/v1/samples'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: batch(number),
      });
      return {
        status: response.status,
        retryAfter: response.headers.get('retry-after'),
        text: await response.text(),
      };
    };
    const reads = (path: string) => fetch(disk.url('gateway', path)).then(({ status }) => status);

    it('is told by 503, reads live on, and within 10 s of room everything is taken and comes through, once', async () => {
      let sent = 0;
      for (; sent < 3; sent++) expect((await post(sent)).status).toBe(200);
      const makeRoom = disk.fill();
      // What is allotted to a file already may still be written: fill it, one batch after the other.
      let refused = await post(sent);
      for (; refused.status === 200 && sent < 200; refused = await post(++sent));
      expect(refused.status).toBe(503);
      expect(Number(refused.retryAfter)).toBeGreaterThan(0);
      expect(JSON.parse(refused.text)).toMatchObject({ code: 'log_full' });
      for (let again = 0; again < 5; again++) {
        expect((await post(sent)).status).toBe(503);
        for (const path of ['/v1/models', '/v1/sessions', '/v1/alerts']) expect(await reads(path)).toBe(200);
        await sleep(100);
      }
      // What the app writes by itself is smaller and may still find room: it is ready again then, to the next batch.
      const readyAfterRefusal = async () => {
        expect((await post(sent)).status).toBe(503);
        return (await fetch(disk.url('ingest', '/health/ready'))).status;
      };
      await expect.poll(readyAfterRefusal, { timeout: 5_000 }).toBe(503);
      for (const app of APPS) expect(disk.isAlive(app), `${app} waits for room`).toBe(true);

      makeRoom();
      const began = performance.now();
      while ((await post(sent)).status !== 200) {
        expect(performance.now() - began).toBeLessThan(10_000);
        await sleep(50);
      }
      sent++;
      for (const app of APPS)
        await expect
          .poll(async () => (await fetch(disk.url(app, '/health/ready'))).status, { timeout: 10_000 })
          .toBe(200);
      const taken = async () => {
        const { devices } = (await (await fetch(disk.url('ingest', '/v1/status'))).json()) as DeviceStatus;
        return devices.map(({ windowed, duplicates, late, quarantined, open }) => ({
          rows: windowed + duplicates + late + quarantined + open,
          duplicates,
        }));
      };
      await expect.poll(taken, { timeout: 10_000 }).toEqual([{ rows: sent * ROWS, duplicates: 0 }]);
    }, 90_000);
  },
);
