import { describe, expect, it } from 'vitest';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { BlockChart, type BlockSignal } from './block-chart.js';

/** Two channels of noise around levels given by window; the first is watched for a fall alone. */
function watched(levels: (i: number) => readonly [number, number], windows: number, settles = true) {
  const random = new Xoshiro128(1);
  const chart = new BlockChart(2, 0, settles);
  const signals: [number, BlockSignal][] = [];
  for (let i = 0; i < windows; i++) {
    const values = Float64Array.from(levels(i), (level) => level + random.nextUniform() - 0.5);
    const signal = chart.add(i, values);
    if (signal !== null) signals.push([i, signal]);
  }
  return signals;
}

describe('a chart of block means', () => {
  it('calls drift at the second block of a great change, and says where and from what to what', () => {
    const [[i, signal], ...more] = watched((w) => [0, w < 640 ? 0.5 : -4], 1600);
    expect(i).toBe(703);
    expect(signal).toMatchObject({ severity: 'drift', channel: 1, changed: [1], since: 64, began: 640 });
    // Four blocks around 0 are assumed before the first.
    expect(signal.before).toBeCloseTo(0.42, 1);
    expect(signal.after).toBeCloseTo(-4, 1);
    expect(signal.statistic).toBeGreaterThan(signal.threshold);
    expect(more).toEqual([]);
  });

  it('does not mind a single block, nor a rise of what is watched for a fall', () => {
    expect(watched((w) => [w < 640 ? 0 : 4, w >= 640 && w < 672 ? 4 : 0], 1600)).toEqual([]);
    expect(watched((w) => [w < 640 ? 0 : -4, 0], 1600).map(([, { channel }]) => channel)).toEqual([0]);
  });

  it('goes on crying about a change that does not settle', () => {
    const levels = (w: number): [number, number] => [0, w < 640 ? 0 : -4];
    expect(watched(levels, 1600).length).toBe(1);
    expect(watched(levels, 1600, false).length).toBeGreaterThan(3);
  });
});
