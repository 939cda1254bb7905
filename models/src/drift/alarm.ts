import type { DriftEvidence } from './drift-detector.js';
import type { Place } from './place.js';

/** What is watched: the error of labelled windows; without labels, confidence and the means of features. */
export const WATCHED_SIGNALS = ['error', 'confidence', 'features'] as const;
export type WatchedSignal = (typeof WATCHED_SIGNALS)[number];

/** What an alarm is about: something watched, or that a device was found to be turned over. */
export const DRIFT_SIGNALS = [...WATCHED_SIGNALS, 'orientation'] as const;
export type DriftSignalName = (typeof DRIFT_SIGNALS)[number];

/** Who and what changed, each in alphabetical order; empty: no one and nothing in particular. */
export interface DriftScope {
  readonly users: readonly string[];
  readonly devices: readonly string[];
  readonly classes: readonly string[];
  readonly features: readonly string[];
}

/** A change as seen at one place. */
export interface Finding {
  /** Mean of what is watched before the change and after it. */
  readonly before: number;
  readonly after: number;
  readonly scope: DriftScope;
}

/** A detector's word about a place. */
export interface Alarm {
  readonly signal: DriftSignalName;
  readonly severity: 'warning' | 'drift';
  readonly place: Place;
  readonly detector: string;
  readonly evidence: DriftEvidence;
  /** Number of the window with which the change seems to have begun. */
  readonly began: number;
  /** What each device adds to the change; empty when `place` is a device. */
  readonly parts: readonly (readonly [device: Place, excess: number])[];
  /** The change at `place` or at a place within it. To be asked before the next window. */
  at(place: Place): Finding;
}
