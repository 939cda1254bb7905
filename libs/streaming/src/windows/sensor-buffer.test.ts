import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StateReader } from '../encoding/state-reader.js';
import { StateWriter } from '../encoding/state-writer.js';
import { StateFormatError } from '../runner/processor.js';
import { SensorBuffer } from './sensor-buffer.js';

type Row = readonly [ms: number, subNs: number, x: number, label: number];

function bufferOf(rows: readonly Row[]): SensorBuffer {
  const buffer = new SensorBuffer();
  for (const [ms, subNs, x, label] of rows) buffer.insert(ms, subNs, x, -x, x / 3, label);
  return buffer;
}

function rowsOf({ head, tail, ms, subNs, x, y, z, label }: SensorBuffer): number[][] {
  const rows = [];
  for (let i = head; i < tail; i++) rows.push([ms[i], subNs[i], x[i], y[i], z[i], label[i]]);
  return rows;
}

function restored(state: StateWriter, version: number): SensorBuffer {
  const reader = new StateReader(state.finish(), 'windower', version, 1);
  const buffer = new SensorBuffer();
  buffer.read(reader);
  reader.finish();
  return buffer;
}

const ROWS: readonly Row[] = [
  [1000, 999_999, 1.5, 0],
  [1001, 0, 2.5, 2],
  [1001, 1, Number.MIN_VALUE, 2],
  [1004, 7, -0, 1],
];

describe('the samples of a sensor', () => {
  it('come back from a state as they were, whatever was let go before', () => {
    const row = fc.tuple(fc.nat(5000), fc.nat(999_999), fc.double({ noNaN: true }), fc.nat(3));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 1200 }), fc.nat(5000), (rows, before) => {
        const buffer = bufferOf(rows);
        buffer.dropBefore(before);
        const state = new StateWriter('windower', 2);
        buffer.write(state);
        expect(rowsOf(restored(state, 2))).toEqual(rowsOf(buffer));
      }),
      { numRuns: 30 },
    );
  });

  it('are read from version 1 of a state, which had a label for each sample', () => {
    const state = new StateWriter('windower', 1).u32(ROWS.length);
    for (const column of [
      ROWS.map(([ms]) => ms),
      ROWS.map(([, , x]) => x),
      ROWS.map(([, , x]) => -x),
      ROWS.map(([, , x]) => x / 3),
    ])
      state.f64Array(Float64Array.from(column));
    for (const [, subNs] of ROWS) state.u32(subNs);
    for (const [, , , label] of ROWS) state.u32(label);
    expect(rowsOf(restored(state, 1))).toEqual(rowsOf(bufferOf(ROWS)));
  });

  it('take 36 bytes each in a state, as it is told beforehand', () => {
    const buffer = bufferOf(Array.from({ length: 1000 }, (_, i): Row => [i, 0, i, 1]));
    const state = new StateWriter('', 2);
    buffer.write(state);
    const bytes = state.finish().length;
    expect(bytes).toBeGreaterThan(36_000);
    expect(bytes).toBeLessThanOrEqual(buffer.stateBytes);
    expect(buffer.stateBytes).toBeLessThan(36_100);
  });

  it.each([
    ['none', [0, 1]],
    ['more than there are', [5, 1]],
  ])('are refused with a label for %s', (_, run) => {
    const state = new StateWriter('windower', 2).u32(ROWS.length);
    for (let column = 0; column < 4; column++) state.f64Array(new Float64Array(ROWS.length));
    state.i32Array(new Int32Array(ROWS.length));
    for (const value of run) state.u32(value);
    expect(() => restored(state, 2)).toThrow(StateFormatError);
  });
});
