import type { Prediction } from '@hark/contracts';
import type { LogRecord, StateReader, StateWriter } from '@hark/streaming';

/** A message that a derivation made of one prediction. */
export interface DerivedMessage {
  readonly user: string;
  readonly devices: readonly string[];
  /** JSON. */
  readonly payload: string;
}

/** A derived message with the offset of the prediction that made it. */
export interface KeptMessage extends DerivedMessage {
  readonly offset: number;
}

/** A prediction, and from when to when its window lasts by the device's own clock: ms, NaN of a time that is none. */
export interface TimedPrediction {
  readonly prediction: Prediction;
  readonly startMs: number;
  readonly endMs: number;
}

/** Read once for all derivations that take it. */
export function timed(prediction: Prediction): TimedPrediction {
  const { start, end } = prediction.window;
  return { prediction, startMs: Date.parse(start), endMs: Date.parse(end) };
}

/**
 * A pure fold of the predictions, in log order, into at most one message each: the same records give the same
 * messages, wherever they are cut. So a message is known by the offset of the prediction that made it.
 */
export interface Derivation {
  /** What it returns makes the message, and is to be called before the next `take`, or not at all. */
  take(offset: number, prediction: TimedPrediction): (() => DerivedMessage) | null;
  /** The newest message of each device, or of each user, in no order. */
  latest(): Iterable<KeptMessage>;
  /** Devices or users remembered: what a copy of the state costs grows with it. */
  readonly size: number;
  write(state: StateWriter): void;
  /** Replaces all of the state by what `write` wrote. */
  read(state: StateReader): void;
}

/** Which predictions a derivation takes: final ones (`append`), or the first emission of each window (`update`). */
export type DerivationMode = 'append' | 'update';

const utf8 = new TextDecoder();

/** The prediction in a record of `predictions`, or null where it holds none: a poison record is passed over. */
export function predictionOf({ value }: LogRecord): Prediction | null {
  try {
    const found = JSON.parse(utf8.decode(value)) as Prediction;
    const { user, device, id, window, probabilities } = found;
    for (const each of [user, device, id, window.start, window.end])
      if (typeof each !== 'string') return null;
    return Object.values(probabilities).every(Number.isFinite) ? found : null;
  } catch {
    return null;
  }
}

/** The greatest probability and whose it is; null of none. Of equals, the first by name. */
export function mostProbable(
  probabilities: Readonly<Record<string, number>>,
): { readonly activity: string; readonly probability: number } | null {
  let activity: string | null = null;
  let probability = -1;
  for (const name of Object.keys(probabilities)) {
    const each = probabilities[name];
    if (each > probability || (each === probability && activity !== null && name < activity)) {
      activity = name;
      probability = each;
    }
  }
  return activity === null ? null : { activity, probability };
}
