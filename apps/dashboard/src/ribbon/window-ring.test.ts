import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WindowRing, type RingWindow } from './window-ring.js';

const window = (startMs: number, fields: Partial<RingWindow> = {}): RingWindow => ({
  ...{
    startMs,
    endMs: startMs + 2560,
    said: 1,
    label: 0,
    confidence: 0.5,
    state: 0,
    version: 1,
    final: true,
  },
  ...fields,
});
const starts = (ring: WindowRing): number[] => Array.from({ length: ring.size }, (_, i) => ring.startOf(i));

describe('WindowRing', () => {
  it('gives back what was put in', () => {
    const ring = new WindowRing(4);
    const put = window(1280, {
      said: 3,
      label: 2,
      confidence: 0.25,
      state: 1,
      version: 70_000,
      final: false,
    });
    ring.put(put);
    expect(ring.at(0)).toEqual(put);
  });

  it('puts a later revision of a window in its place', () => {
    const ring = new WindowRing(4);
    ring.put(window(0, { said: 1 }));
    ring.put(window(1280, { said: 1 }));
    ring.put(window(0, { said: 5 }));
    expect(starts(ring)).toEqual([0, 1280]);
    expect(ring.saidAt(0)).toBe(5);
  });

  it('holds the newest windows in the order of their start, whatever the order they came in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(40), { maxLength: 60 }),
        fc.integer({ min: 1, max: 12 }),
        (came, capacity) => {
          const ring = new WindowRing(capacity);
          let naive: number[] = [];
          for (const start of came) {
            ring.put(window(start));
            naive = [...new Set([...naive, start])].sort((a, b) => a - b).slice(-capacity);
          }
          expect(starts(ring)).toEqual(naive);
        },
      ),
    );
  });

  it('finds the first window that ends after an instant', () => {
    const ring = new WindowRing(8);
    for (const start of [0, 1280, 2560]) ring.put(window(start));
    expect([0, 2560, 3840, 9999].map((ms) => ring.firstEndingAfter(ms))).toEqual([0, 1, 2, 3]);
  });

  it('labels the windows that lie within a span, and takes the labels back', () => {
    const ring = new WindowRing(8);
    for (const start of [0, 1280, 2560, 3840]) ring.put(window(start));
    ring.label(1280, 5120, 4);
    expect([0, 1, 2, 3].map((i) => ring.labelAt(i))).toEqual([0, 4, 4, 0]);
    ring.label(1280, 5120, 0);
    expect([0, 1, 2, 3].map((i) => ring.labelAt(i))).toEqual([0, 0, 0, 0]);
  });
});
