import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Ddm } from './ddm.js';
import type { DriftDetector } from './drift-detector.js';
import { Eddm } from './eddm.js';
import { HddmA } from './hddm-a.js';
import { HddmW } from './hddm-w.js';
import { PageHinkley } from './page-hinkley.js';

interface Vectors {
  readonly results: Record<
    string,
    { detections: number[]; warnings: number[]; trace: ({ i: number } & Record<string, number | null>)[] }
  >;
}

const FOLDER = new URL('../../../../shared/drift-vectors/', import.meta.url);
const absent = !existsSync(FOLDER);
const load = (name: string): unknown => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Runs every stream of a file; `trace` gives the state under River's names. */
function expectRiver<D extends DriftDetector>(
  file: string,
  create: () => D,
  trace: (detector: D) => Record<string, number | null>,
): void {
  const { streams } = load('streams.json') as { streams: Record<string, number[]> };
  for (const [name, expected] of Object.entries((load(file) as Vectors).results)) {
    const detector = create();
    const detections: number[] = [];
    const warnings: number[] = [];
    const states = new Map(expected.trace.map((state) => [state.i, state]));
    for (const [i, value] of streams[name].entries()) {
      const signal = detector.update(value);
      if (signal === 'drift') detections.push(i);
      if (signal === 'warning') warnings.push(i);
      const state = states.get(i);
      if (state !== undefined) expect({ name, state: { i, ...trace(detector) } }).toEqual({ name, state });
    }
    expect({ name, detections }).toEqual({ name, detections: expected.detections });
    // River leaves EDDM's warning standing at the drift that follows it.
    const before = expected.warnings.filter((i) => !expected.detections.includes(i));
    expect({ name, warnings }).toEqual({ name, warnings: before });
  }
}

describe.skipIf(absent)(
  `drift detectors against River 0.26.1${absent ? ' (skipped: no ../shared/drift-vectors)' : ''}`,
  () => {
    it('DDM detects and warns where River does, with the same state to the bit', () => {
      expectRiver(
        'river_DDM.json',
        () => new Ddm(),
        ({ rate, leastRate, leastDeviation }) => ({
          n: rate.count,
          p: rate.mean,
          p_min: finite(leastRate),
          s_min: finite(leastDeviation),
        }),
      );
    });

    it('EDDM detects and warns where River does, with the same state to the bit', () => {
      expectRiver(
        'river_EDDM.json',
        () => new Eddm(),
        ({ count, distance, variance, greatest }) => ({
          n: count,
          n_errors: distance.count,
          mean: distance.mean,
          var: variance,
          max: greatest,
        }),
      );
    });

    it.each([
      ['river_PageHinkley.json', {}],
      ['river_PageHinkley_up_thr20_delta0.01.json', { direction: 'rise', threshold: 20, delta: 0.01 }],
    ] as const)('Page-Hinkley detects where %s says, with the same state to the bit', (file, options) => {
      expectRiver(
        file,
        () => new PageHinkley(options),
        ({ mean, sums }) => ({
          n: mean.count,
          mean: mean.mean,
          sum_inc: sums.rise,
          sum_dec: sums.fall,
          min_inc: finite(sums.leastRise),
          max_dec: sums.greatestFall,
        }),
      );
    });

    it.each([
      ['river_HDDM_A.json', () => new HddmA()],
      ['river_HDDM_W.json', () => new HddmW()],
    ] as const)('HDDM detects and warns where %s says', (file, create) => {
      expectRiver<DriftDetector>(file, create, () => ({}));
    });
  },
);
