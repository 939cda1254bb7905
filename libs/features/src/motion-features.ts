import { AxesFeatures } from './axes-features.js';
import { isCovered, MAX_GAP_SECONDS, MIN_COVERAGE, MIN_RATE_HZ } from './coverage.js';
import { Gravity, GRAVITY_FLOOR } from './gravity.js';
import { eigenvalues3 } from './principal-axes.js';
import { createAxesGrid, resample, type AxesGrid } from './resample.js';
import { schemaHash } from './schema-hash.js';
import { Series } from './series.js';
import * as of from './series-features.js';
import { MAX_FREQUENCY_HZ } from './spectrum.js';
import { WindowLengthError } from './window-length-error.js';
import type { FeatureExtractor, WindowSamples } from './window-samples.js';

/** Raise when a definition changes that is in neither the names nor the parameters. */
const REVISION = 1;

/** Points of the grid a second. */
const GRID_RATE_HZ = 50;

/** What each sensor shows at rest: m/s², m/s³, rad/s. */
const NOISE = { acceleration: 0.02, jerk: 0.4, rotation: 0.01 };

/** Hz. Below, at and above the cadence of steps, and what feet and hands strike. */
const BANDS = [0.5, 1.4, 2.7, 5.5, MAX_FREQUENCY_HZ];
const FINE_BANDS = [0.5, 1, 1.7, 2.5, 3.5, 5, 7.5, 11, MAX_FREQUENCY_HZ];

/** In the device's axes: x, y, z of either sensor. */
const AXIS = [of.logStd, of.high, of.low, of.bands(BANDS)];

/** Signals that don't depend on how the device is turned, and what is read off them. */
const ACCELERATION_SIGNALS = {
  /** Acceleration along gravity, without gravity. */
  vertical: [
    of.logStd,
    of.high,
    of.low,
    of.interquartile,
    of.skewness,
    of.kurtosis,
    of.crossings,
    of.bands(FINE_BANDS),
    of.spectralShape,
    of.lags,
    of.periodicity,
  ],
  /** Size of the acceleration across gravity. */
  horizontal: [of.logMean, of.logStd, of.skewness, of.kurtosis, of.spectralShape],
  /** Size of the whole acceleration. */
  magnitude: [of.logStd, of.crossings, of.lags, of.periodicity],
  /** Size of the change of acceleration, per second. */
  jerk: [of.logMean, of.interquartile, of.madRatio, of.asymmetry, of.crossings],
};
const GYROSCOPE_SIGNALS = {
  /** Size of the angular velocity. */
  rotation: [of.logMean, of.logStd, of.skewness, of.kurtosis, of.crossings, of.periodicity],
  /** Angular velocity about the vertical. */
  yaw: [of.logStd, of.crossings, of.bands(BANDS), of.lags],
  /** Size of the angular velocity about horizontal axes. */
  tilt: [of.logMean, of.logStd, of.crossings],
};

type Signal = readonly of.SeriesFeatures[];

/**
 * Features of human motion from an accelerometer and, where there is one, a gyroscope: both resampled to the same
 * 50 Hz grid, then read in the device's axes, along and across gravity, and by size; in time and in frequency. The
 * set follows Anguita et al., "A Public Domain Dataset for Human Activity Recognition Using Smartphones" (ESANN
 * 2013), and the split along gravity Mizell, "Using gravity to estimate accelerometer orientation" (ISWC 2003).
 *
 * - Too few samples of the accelerometer, see {@link isCovered}, or values so large that squares overflow: the
 *   empty vector.
 * - Too few of the gyroscope: `gyroscope_present` is 0 and so is every feature after it.
 */
export class MotionFeatures implements FeatureExtractor {
  readonly names: readonly string[];
  readonly schema: string;
  private readonly series: Series;
  private readonly gravity = new Gravity();
  private readonly accelerationAxes: AxesFeatures;
  private readonly gyroscopeAxes: AxesFeatures;
  private readonly acceleration: AxesGrid;
  private readonly rotation: AxesGrid;
  private readonly along: Float64Array;
  private readonly across: Float64Array;
  private readonly size: Float64Array;
  private readonly eigenvalues = new Float64Array(3);
  private out = new Float64Array(0);
  private next = 0;

  /**
   * @param seconds length of the windows, 1 to 60.
   * @throws RangeError outside that.
   */
  constructor(readonly seconds = 2.56) {
    if (!(seconds >= 1 && seconds <= 60)) throw new RangeError(`window of ${seconds} s: not 1 to 60`);
    const points = Math.round(seconds * GRID_RATE_HZ);
    this.series = new Series(points, points / seconds);
    this.accelerationAxes = new AxesFeatures('acc', AXIS, points, points / seconds);
    this.gyroscopeAxes = new AxesFeatures('gyro', AXIS, points, points / seconds);
    this.acceleration = createAxesGrid(points);
    this.rotation = createAxesGrid(points);
    this.along = new Float64Array(points);
    this.across = new Float64Array(points);
    this.size = new Float64Array(points);
    this.names = [
      'gravity_x',
      'gravity_y',
      'gravity_z',
      'gravity_turn',
      ...this.accelerationAxes.names,
      'acc_principal1',
      'acc_principal2',
      'acc_principal3',
      ...signalNames(ACCELERATION_SIGNALS),
      'gyroscope_present',
      ...this.gyroscopeAxes.names,
      ...signalNames(GYROSCOPE_SIGNALS),
    ];
    const parameters = {
      revision: REVISION,
      names: this.names,
      seconds,
      points,
      noise: NOISE,
      bands: [BANDS, FINE_BANDS],
      series: of.SERIES_PARAMETERS,
      gravityFloor: GRAVITY_FLOOR,
      coverage: [MIN_RATE_HZ, MAX_GAP_SECONDS, MIN_COVERAGE],
    };
    this.schema = schemaHash(JSON.stringify(parameters));
  }

  /** @throws WindowLengthError when the window is not `seconds` long. */
  extract(window: WindowSamples): Float64Array {
    if (window.seconds !== this.seconds) throw new WindowLengthError(this.seconds, window.seconds);
    if (!isCovered(window.accelerometer, this.seconds)) return new Float64Array(0);
    this.out = new Float64Array(this.names.length);
    this.next = 0;
    resample(window.accelerometer, this.seconds, this.acceleration);
    this.writeAcceleration();
    if (isCovered(window.gyroscope, this.seconds)) {
      resample(window.gyroscope, this.seconds, this.rotation);
      this.writeRotation();
    }
    return allFinite(this.out) ? this.out : new Float64Array(0);
  }

  private writeAcceleration(): void {
    const { acceleration, gravity, along, across, size, out } = this;
    gravity.update(acceleration);
    out[this.next++] = gravity.x;
    out[this.next++] = gravity.y;
    out[this.next++] = gravity.z;
    out[this.next++] = Math.log1p(gravity.change);
    this.writeAxes(this.accelerationAxes, acceleration, NOISE.acceleration);

    eigenvalues3(this.accelerationAxes.covariance, this.eigenvalues);
    const floor = NOISE.acceleration * NOISE.acceleration;
    for (const value of this.eigenvalues) out[this.next++] = Math.log((value > 0 ? value : 0) + floor);

    const { vertical, horizontal, magnitude, jerk } = ACCELERATION_SIGNALS;
    gravity.split(acceleration, gravity.mean, along, across);
    this.writeSignal(vertical, along, along.length, NOISE.acceleration);
    this.writeSignal(horizontal, across, across.length, NOISE.acceleration);
    sizes(acceleration, size);
    this.writeSignal(magnitude, size, size.length, NOISE.acceleration);
    changes(acceleration, this.series.rate, size);
    this.writeSignal(jerk, size, size.length - 1, NOISE.jerk);
  }

  private writeRotation(): void {
    const { rotation, along, across, size } = this;
    this.out[this.next++] = 1;
    this.writeAxes(this.gyroscopeAxes, rotation, NOISE.rotation);

    const signals = GYROSCOPE_SIGNALS;
    sizes(rotation, size);
    this.writeSignal(signals.rotation, size, size.length, NOISE.rotation);
    this.gravity.split(rotation, ORIGIN, along, across);
    this.writeSignal(signals.yaw, along, along.length, NOISE.rotation);
    this.writeSignal(signals.tilt, across, across.length, NOISE.rotation);
  }

  private writeAxes(axes: AxesFeatures, grid: AxesGrid, noise: number): void {
    axes.write(grid, noise, this.out, this.next);
    this.next += axes.names.length;
  }

  private writeSignal(parts: Signal, values: Float64Array, length: number, noise: number): void {
    this.series.load(values, length, noise);
    for (const part of parts) {
      part.write(this.series, this.out, this.next);
      this.next += part.names.length;
    }
  }
}

const ORIGIN = new Float64Array(3);

function signalNames(signals: Readonly<Record<string, Signal>>): string[] {
  return Object.entries(signals).flatMap(([signal, parts]) =>
    parts.flatMap((part) => part.names.map((name) => `${signal}_${name}`)),
  );
}

function allFinite(vector: Float64Array): boolean {
  // Only a finite number minus itself is 0.
  for (let i = 0; i < vector.length; i++) if (vector[i] - vector[i] !== 0) return false;
  return true;
}

/** Euclidean size at each point. */
function sizes({ x, y, z }: AxesGrid, out: Float64Array): void {
  for (let i = 0; i < x.length; i++) out[i] = Math.sqrt(x[i] * x[i] + y[i] * y[i] + z[i] * z[i]);
}

/** Euclidean size of the change from each point to the next, per second; one fewer than points. */
function changes({ x, y, z }: AxesGrid, rate: number, out: Float64Array): void {
  for (let i = 0; i + 1 < x.length; i++) {
    const dx = x[i + 1] - x[i];
    const dy = y[i + 1] - y[i];
    const dz = z[i + 1] - z[i];
    out[i] = Math.sqrt(dx * dx + dy * dy + dz * dz) * rate;
  }
}
