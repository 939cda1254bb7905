import { Adwin } from './adwin.js';
import { Ddm } from './ddm.js';
import type { DriftDetector } from './drift-detector.js';
import { Eddm } from './eddm.js';
import { ErrorCusum } from './error-cusum.js';
import { HddmA } from './hddm-a.js';
import { HddmW } from './hddm-w.js';
import { Kswin } from './kswin.js';
import { PageHinkley } from './page-hinkley.js';
import { TwoLevelDetector } from './two-level-detector.js';

/** A way to watch the error of all windows together. */
export interface DriftDetectorFactory {
  /** As in settings. */
  readonly name: string;
  /** One line for people who choose. */
  readonly description: string;
  create(): DriftDetector;
}

const FACTORIES: readonly DriftDetectorFactory[] = [
  {
    name: 'cusum',
    description: 'likelihood of a rise by 0.15, errors in runs allowed for; fewest false alarms',
    create: () => new ErrorCusum({ warningLevel: 11, driftLevel: 12 }),
  },
  {
    name: 'adwin',
    description: 'a window cut where its halves differ; told when the error rises',
    create: () =>
      new TwoLevelDetector(
        new Adwin({ delta: 0.002, clock: 8, direction: 'rise' }),
        new Adwin({ delta: 0.05, clock: 8, direction: 'rise', signal: 'warning' }),
      ),
  },
  {
    name: 'adwin-two-sided',
    description: 'the same, told when the error falls too',
    create: () =>
      new TwoLevelDetector(
        new Adwin({ delta: 0.002, clock: 8 }),
        new Adwin({ delta: 0.05, clock: 8, signal: 'warning' }),
      ),
  },
  {
    name: 'ddm',
    description: 'the error rate against its lowest; quick, slow again after a long quiet time',
    create: () => new Ddm(),
  },
  {
    name: 'eddm',
    description: 'distances between errors; for slow drift, with many false alarms',
    create: () => new Eddm(),
  },
  {
    name: 'page-hinkley',
    description: 'sum of deviations from the mean; sure and slow',
    create: () =>
      new TwoLevelDetector(
        new PageHinkley({ direction: 'rise', delta: 0.01, threshold: 25 }),
        new PageHinkley({ direction: 'rise', delta: 0.01, threshold: 15, signal: 'warning' }),
      ),
  },
  {
    name: 'hddm-a',
    description: "mean against its lowest, by Hoeffding's bound; for a sudden change",
    create: () => new HddmA(),
  },
  {
    name: 'hddm-w',
    description: "weighted means, by McDiarmid's bound; for a change to a high error",
    create: () => new HddmW(),
  },
  {
    name: 'kswin',
    description: 'recent values against older ones, by Kolmogorov and Smirnov; any change, many false alarms',
    create: () =>
      new TwoLevelDetector(new Kswin({ alpha: 0.0001 }), new Kswin({ alpha: 0.001, signal: 'warning' })),
  },
];

/** The detector that is used unless another is asked for. */
export const DEFAULT_DRIFT_DETECTOR = 'cusum';

/** All there are, the default first. */
export const DRIFT_DETECTORS: readonly DriftDetectorFactory[] = FACTORIES;

/** The default first. */
export const DRIFT_DETECTOR_NAMES: readonly string[] = FACTORIES.map(({ name }) => name);

/** No drift detector has this name. */
export class UnknownDriftDetectorError extends Error {
  readonly code = 'unknown_drift_detector';
  constructor(readonly detector: string) {
    const names = FACTORIES.map(({ name }) => name).join(', ');
    super(`no drift detector ${JSON.stringify(detector)}; there are ${names}`);
  }
}

/** @throws UnknownDriftDetectorError */
export function driftDetectorByName(name: string): DriftDetectorFactory {
  const factory = FACTORIES.find((candidate) => candidate.name === name);
  if (factory === undefined) throw new UnknownDriftDetectorError(name);
  return factory;
}
