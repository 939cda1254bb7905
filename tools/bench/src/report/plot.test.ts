import { describe, expect, it } from 'vitest';
import { goodness, plot, shown } from './plot.js';
import { table } from './table.js';

describe('the plot', () => {
  it('has a bar for each figure with an aim, to the right where it is reached', () => {
    const drawn = plot([
      { name: 'rate', value: 2000, unit: 'rows/s', atLeast: 1000 },
      { name: 'latency', value: 50, unit: 'ms', atMost: 5 },
      { name: 'no aim', value: 1, unit: 's' },
    ]);
    const bars = [...drawn.matchAll(/<rect x="([\d.]+)" [^>]*fill="#(2a7|c63)"/g)];
    expect(bars.map(([, x, colour]) => [Number(x), colour])).toEqual([
      [590, '2a7'],
      [420, 'c63'],
    ]);
    expect(drawn).not.toContain('no aim');
  });

  it('has a line for what is measured in several sizes', () => {
    const drawn = plot([
      { name: 'windower, 10 devices', value: 4, unit: 'rows/s', size: 10 },
      { name: 'windower, 100 devices', value: 2, unit: 'rows/s', size: 100 },
    ]);
    expect(drawn).toContain('windower, N devices, rows/s');
    expect(drawn).toContain('points="30,100 370,150"');
  });

  it('keeps the names readable to an SVG reader', () => {
    expect(plot([{ name: 'a < b & c', value: 1, unit: 's', atMost: 1 }])).toContain('a &lt; b &amp; c');
  });
});

describe('the table', () => {
  it('says what was asked, whether it was reached, the ratio and the cost', () => {
    const figure = { name: 'import', value: 1_200_000, unit: 'rows/s', atLeast: 1_000_000 };
    expect(
      table([{ ...figure, ratio: 0.9, reference: 'bare loop', cpuSeconds: 4, peakMegabytes: 600 }]),
    ).toBe('import  1,200,000 rows/s  reaches ≥ 1,000,000  0.90 × bare loop  4 s of CPU, 600 MB at most\n');
    expect(table([{ name: 'latency', value: 26, unit: 'ms', atMost: 25 }])).toBe(
      'latency  26 ms  misses  ≤ 25\n',
    );
  });
});

describe('goodness', () => {
  it('is how many times better than asked a figure is, whichever way it is asked', () => {
    expect(goodness({ name: '', value: 3, unit: '', atLeast: 2 })).toBe(1.5);
    expect(goodness({ name: '', value: 4, unit: '', atMost: 2 })).toBe(0.5);
    expect(goodness({ name: '', value: 4, unit: '' })).toBeNaN();
  });
});

describe('shown', () => {
  it('gives three digits, or all before the point', () => {
    expect([12_345.6, 999.5, 0.012345, NaN].map(shown)).toEqual(['12,346', '1000', '0.0123', '–']);
  });
});
