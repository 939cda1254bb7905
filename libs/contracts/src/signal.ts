import type { DeviceId } from './identity.js';

/** A piece of one device's acceleration, thinned out for the eye. */
export interface SignalStream extends DeviceId {
  /** Event time of the first value, milliseconds since 1970. */
  readonly startMs: number;
  /** Milliseconds after it, of each value; never falling. */
  readonly offsetsMs: readonly number[];
  /** Length of the acceleration vector, m/s² with gravity. */
  readonly magnitude: readonly number[];
}

/** A message of the channel `signal`: what one request of a device brought. */
export interface SignalMessage {
  readonly kind: 'signal';
  readonly streams: readonly SignalStream[];
}
