import fc from 'fast-check';
import { expect, it } from 'vitest';
import { spanAt } from './windows.js';

it('a span holds the windows that hold an instant, as looking at every window near it finds them', () => {
  const windows = fc
    .record({
      slideMs: fc.integer({ min: 1, max: 40 }),
      more: fc.integer({ min: 0, max: 90 }),
      offset: fc.nat(),
    })
    .map(({ slideMs, more, offset }) => ({ slideMs, sizeMs: slideMs + more, offsetMs: offset % slideMs }));
  fc.assert(
    fc.property(windows, fc.integer({ min: -500, max: 500 }), (sliding, ms) => {
      const { slideMs, sizeMs, offsetMs } = sliding;
      const holding = (at: number): number[] => {
        const starts = [];
        for (let start = offsetMs + slideMs * 600; start > -700; start -= slideMs)
          if (start <= at && at < start + sizeMs) starts.push(start);
        return starts;
      };
      const { fromMs, toMs, starts } = spanAt(sliding, ms);
      expect(starts).toEqual(holding(ms));
      expect(ms >= fromMs && ms < toMs).toBe(true);
      expect(holding(fromMs)).toEqual(starts);
      expect(holding(toMs - 1)).toEqual(starts);
      expect(holding(toMs)).not.toEqual(starts);
      expect(holding(fromMs - 1)).not.toEqual(starts);
    }),
  );
});
