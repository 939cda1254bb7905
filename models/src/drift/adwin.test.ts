import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { StateReader, StateWriter } from '@hark/streaming';
import { Adwin } from './adwin.js';

interface Trace {
  readonly i: number;
  readonly width: number;
  readonly total: number;
  readonly variance: number;
}
interface Vectors {
  readonly results: Record<string, { detections: number[]; trace: Trace[] }>;
}

const FOLDER = new URL('../../../../shared/drift-vectors/', import.meta.url);
const absent = !existsSync(FOLDER);
const load = (name: string): unknown => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));

describe.skipIf(absent)(
  `ADWIN against River 0.26.1${absent ? ' (skipped: no ../shared/drift-vectors)' : ''}`,
  () => {
    it.each([
      ['river_ADWIN.json', {}],
      ['river_ADWIN_clock1_delta0.01.json', { clock: 1, delta: 0.01 }],
      ['river_ADWIN_raw_noreset.json', { restart: false }],
    ])('detects where %s says, with the same state to the bit', (file, options) => {
      const { streams } = load('streams.json') as { streams: Record<string, number[]> };
      for (const [name, { detections, trace }] of Object.entries((load(file) as Vectors).results)) {
        const adwin = new Adwin(options);
        const found: number[] = [];
        const traced = new Map(trace.map((state) => [state.i, state]));
        for (const [i, value] of streams[name].entries()) {
          if (adwin.update(value) === 'drift') found.push(i);
          const expected = traced.get(i);
          if (expected === undefined) continue;
          const { width, total, variance } = expected;
          expect({ name, i, width: adwin.width, total: adwin.total, variance: adwin.squares }).toEqual({
            name,
            i,
            width,
            total,
            variance,
          });
        }
        expect({ name, found }).toEqual({ name, found: detections });
      }
    });
  },
);

describe('ADWIN', () => {
  /** An error rate of 0.2, from 400 on 0.6, from 800 on 0.1; as in golden/adwin.py. */
  const stream = Array.from({ length: 1200 }, (_, i) =>
    (i * 7919) % 100 < (i < 400 ? 20 : i < 800 ? 60 : 10) ? 1 : 0,
  );

  it.each([
    [{}, [479, 192, 70, 44.4791666666666], [863, 160, 63, 38.193749999999994], [336, 33, 29.758928571428587]],
    [
      { clock: 8, delta: 0.05 },
      [439, 120, 40, 26.66666666666659],
      [831, 136, 65, 33.93382352941167],
      [368, 37, 33.27989130434783],
    ],
  ])('with options %j finds a rise and a fall where River does', (options, rise, fall, end) => {
    const adwin = new Adwin(options);
    const found: number[][] = [];
    for (const [i, value] of stream.entries()) {
      if (adwin.update(value) === 'drift') found.push([i, adwin.width, adwin.total, adwin.squares]);
    }
    expect(found).toEqual([rise, fall]);
    expect([adwin.width, adwin.total, adwin.squares]).toEqual(end);
  });

  it('says what it saw', () => {
    const adwin = new Adwin();
    expect(adwin.evidence).toBeNull();
    stream.slice(0, 480).forEach((value) => adwin.update(value));
    const { statistic, threshold, before, after, since } = adwin.evidence!;
    expect(before).toBeCloseTo(0.2, 1);
    expect(after).toBeCloseTo(0.6, 1);
    expect(statistic).toBe(Math.abs(after - before));
    expect(statistic).toBeGreaterThan(threshold);
    expect(since).toBeGreaterThan(40);
    expect(since).toBeLessThan(120);
  });

  it('keeps quiet about a fall when it watches for a rise', () => {
    const adwin = new Adwin({ direction: 'rise', signal: 'warning' });
    const signals = stream.map((value) => adwin.update(value));
    expect(signals.flatMap((signal, i) => (signal === 'none' ? [] : [[i, signal]]))).toEqual([
      [479, 'warning'],
    ]);
  });

  it('holds a long window in logarithmic space', () => {
    const adwin = new Adwin();
    for (let i = 0; i < 100_000; i++) adwin.update(i % 2);
    expect(adwin.width).toBe(100_000);
    const state = new StateWriter('t', 1);
    adwin.write(state);
    expect(state.finish().length).toBeLessThan(2000);
  });

  it('goes on bit for bit after a restore at any value', () => {
    const straight = new Adwin({ clock: 8 });
    let interrupted = new Adwin({ clock: 8 });
    for (const [i, value] of stream.entries()) {
      if (i % 13 === 0) {
        const state = new StateWriter('t', 1);
        interrupted.write(state);
        interrupted = new Adwin({ clock: 8 });
        interrupted.read(new StateReader(state.finish(), 't', 1));
      }
      expect(interrupted.update(value)).toBe(straight.update(value));
      expect([interrupted.width, interrupted.total, interrupted.squares]).toEqual([
        straight.width,
        straight.total,
        straight.squares,
      ]);
      expect(interrupted.evidence).toEqual(straight.evidence);
    }
  });
});
