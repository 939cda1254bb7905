import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import {
  SampleBatchBuilder,
  decodeWindowRecord,
  encodeSamplesRecord,
  type WindowRecord,
} from '@hark/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { ORACLE_ABSENT, oracleFile, oracleRecording, sha256OfFile } from '../testing/oracle-stream.js';
import { Windower, type DeviceStatus, type WindowFeatures } from './windower.js';
import type { WindowOptions } from './window-options.js';

/** Mean and sample deviation of x, y, z. */
const MOMENTS: WindowFeatures = {
  schema: 'moments',
  extract({ accelerometer: { length, x, y, z } }) {
    const axes = [x, y, z];
    const means = axes.map((axis) => axis.reduce((sum, v) => sum + v, 0) / length);
    const deviations = axes.map((axis, k) => {
      const squares = axis.reduce((sum, v) => sum + (v - means[k]) * (v - means[k]), 0);
      return Math.sqrt(squares / (length - 1));
    });
    return Float64Array.from([...means, ...deviations]);
  },
};

/** Text split at commas and Number(): slow and plain, to share nothing with the parser of the service. */
function windowsOf(
  path: string,
  options: Partial<WindowOptions>,
): { windows: WindowRecord[]; status: DeviceStatus[] } {
  const windower = new Windower(options, MOMENTS);
  const windows: WindowRecord[] = [];
  const outputs = {
    suppressed: false,
    emit: (_topic: string, _key: string, value: Uint8Array) => {
      const window = decodeWindowRecord(value);
      if (window.final) windows.push(window);
    },
    artifact: () => undefined,
    discard: () => undefined,
  };
  let offset = 0;
  const process = (value: Uint8Array) =>
    windower.process('samples', 0, { offset: offset++, timestamp: 0, key: '', value }, outputs);
  const builder = new SampleBatchBuilder(8192);
  const lines = readFileSync(path, 'latin1').split('\n');
  for (let i = 1; i < lines.length - 1; i++) {
    const [, arrival, creation, x, y, z, user, model, device, gt] = lines[i].split(',');
    builder.push(
      builder.streamOf(user, device, model, 'accelerometer'),
      Number(creation.slice(0, -6)),
      Number(creation.slice(-6)),
      Number(arrival),
      Number(x),
      Number(y),
      Number(z),
      builder.labelOf(gt === 'null' ? null : gt),
    );
    if (builder.rows === 8192) process(encodeSamplesRecord({ batch: builder.take(), receivedMs: 0 }));
  }
  process(encodeSamplesRecord({ batch: builder.take(), receivedMs: 0 }));
  process(encodeSamplesRecord({ tick: windower.status(), receivedMs: 0 }));
  return { windows, status: windower.status() };
}

const total = (status: readonly DeviceStatus[], count: 'late' | 'duplicates' | 'windowed' | 'quarantined') =>
  status.reduce((sum, device) => sum + device[count], 0);

describe.skipIf(ORACLE_ABSENT)(
  `a million rows with a known answer${ORACLE_ABSENT ? ` (${ORACLE_ABSENT})` : ''}`,
  () => {
    let recording: string;
    beforeAll(() => {
      recording = oracleRecording('small');
      expect(sha256OfFile(recording)).toMatch(/^e05ddcc9afe0045f/);
    }, 120_000);

    it('give the late, the duplicates and every window that DuckDB gives under one 5 s watermark', () => {
      const { windows, status } = windowsOf(recording, { latenessMs: 5000, watermark: 'input' });
      expect(total(status, 'late')).toBe(206);
      expect(total(status, 'duplicates')).toBe(9_978);
      expect(total(status, 'windowed')).toBe(989_816);
      expect(windows).toHaveLength(5_702);

      const got = new Map(windows.map((w) => [`${w.startMs}000,${w.user},${w.device}`, w]));
      const answers = gunzipSync(readFileSync(oracleFile('acc-1m.windows.csv.gz')))
        .toString()
        .trim()
        .split('\n');
      for (const line of answers.slice(1)) {
        const [start, user, device, n, ax, ay, az, sx, sy, sz] = line.split(',');
        const window = got.get(`${start},${user},${device}`);
        expect(window?.accelerometer, line).toBe(Number(n));
        [ax, ay, az, sx, sy, sz].forEach((answer, k) => {
          if (answer !== '') expect(Math.abs(window!.features[k] - Number(answer)), line).toBeLessThan(1e-10);
        });
      }
      expect(answers).toHaveLength(5_703);
    }, 120_000);

    it('have nothing late but what their own device delivered late, however much the clocks disagree', () => {
      const { status } = windowsOf(oracleRecording('hhar'), { latenessMs: 5000 });
      expect(total(status, 'late')).toBe(lateWithinDevice(oracleRecording('hhar'), 5000));
      expect(total(status, 'late')).toBeLessThanOrEqual(207);
      expect(total(status, 'quarantined')).toBe(0);
      expect(total(status, 'late') + total(status, 'duplicates') + total(status, 'windowed')).toBe(1_000_000);
    }, 120_000);
  },
);

/**
 * Rows behind the newest of their own (user, device) by more than the lateness, by definition. Until a device is
 * 15 s old, the gyroscope that might still be heard of keeps its watermark at its start.
 */
function lateWithinDevice(path: string, latenessMs: number): number {
  const newest = new Map<string, number>();
  const first = new Map<string, number>();
  let late = 0;
  for (const line of readFileSync(path, 'latin1').split('\n').slice(1, -1)) {
    const [, , creation, , , , user, , device] = line.split(',');
    const key = `${user}/${device}`;
    // Microseconds relative to 2015-02-23 are exact in a double.
    const time = Number(BigInt(creation) - 1_424_000_000_000_000_000n);
    if (!first.has(key)) first.set(key, time);
    const ahead = newest.get(key) ?? time;
    if (time < ahead - latenessMs * 1e6 && ahead - first.get(key)! > 15_000 * 1e6) late++;
    newest.set(key, Math.max(ahead, time));
  }
  return late;
}
