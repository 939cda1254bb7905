/**
 * The samples of one sensor within a window, sorted by time, without duplicates. Columns are views of `length`
 * or more entries; only the first `length` count.
 */
export interface SensorSamples {
  readonly length: number;
  /** Seconds since the start of the window, ascending, in [0, size). */
  readonly t: Float64Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
}

/** What a feature extractor sees of a window: m/s² with gravity, rad/s, and the window's length in seconds. */
export interface WindowSamples {
  readonly seconds: number;
  readonly accelerometer: SensorSamples;
  readonly gyroscope: SensorSamples;
}

/** Turns windows into feature vectors of one schema. Pure; reuses its own scratch space, returns a new vector. */
export interface FeatureExtractor {
  /** Feature names, in the order of the vector. */
  readonly names: readonly string[];
  /** Hash of the names and of every parameter that changes a value: 16 hex digits. */
  readonly schema: string;
  /** The vector, all values finite; empty when there are too few samples to say anything. */
  extract(window: WindowSamples): Float64Array;
}
