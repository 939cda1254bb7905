import { describe, expect, it } from 'vitest';
import { stretchAt, stretches } from './stretches.js';
import { WindowRing } from './window-ring.js';

/** Windows of 2 s, one every second, said as told; a null leaves one out. */
function ringOf(...said: (number | null)[]): WindowRing {
  const ring = new WindowRing(64);
  said.forEach((code, index) => {
    if (code === null) return;
    const startMs = index * 1000;
    const window = {
      startMs,
      endMs: startMs + 2000,
      label: 0,
      confidence: 0.8,
      state: 0,
      version: 1,
      final: true,
    };
    ring.put({ ...window, said: code });
  });
  return ring;
}

describe('stretches', () => {
  it('join windows that were answered alike; neighbours meet half way between their middles', () => {
    const found = stretches(ringOf(1, 1, 1, 2, 2), 0, 10_000);
    expect(found).toMatchObject([
      { fromMs: 0, toMs: 3500, said: 1, first: 0, last: 2, windowsFromMs: 0, windowsToMs: 4000 },
      { fromMs: 3500, toMs: 6000, said: 2, first: 3, last: 4, windowsFromMs: 3000, windowsToMs: 6000 },
    ]);
    expect(found[0].confidence).toBeCloseTo(0.8);
  });

  it('end where nothing was seen', () => {
    const found = stretches(ringOf(1, 1, null, null, null, 1), 0, 10_000);
    expect(found.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [0, 3000],
      [5000, 7000],
    ]);
  });

  it('have a label only where all of their windows have the same', () => {
    const ring = ringOf(1, 1, 2, 2);
    ring.label(0, 3000, 6);
    ring.label(2000, 4000, 6);
    expect(stretches(ring, 0, 10_000).map(({ label }) => label)).toEqual([6, 0]);
  });

  it('are looked for in a span alone', () => {
    expect(stretches(ringOf(1, 2, 3, 4, 5), 3500, 4000).map(({ said }) => said)).toEqual([3, 4]);
  });

  it('are found by an instant, and there is none where nothing was seen', () => {
    const ring = ringOf(1, 1, null, null, null, 2);
    expect(stretchAt(ring, 2500)?.said).toBe(1);
    expect(stretchAt(ring, 4000)).toBeNull();
    expect(stretchAt(ring, 5000)?.said).toBe(2);
  });
});
