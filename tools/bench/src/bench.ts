import type { Figure } from './figure.js';

/** What a measurement is given. */
export interface Context {
  /** Less work, rougher figures. */
  readonly quick: boolean;
  /** A folder of its own for whatever it writes. */
  readonly folder: string;
  /** Rows of each sensor's file. */
  readonly rows: number;
  /** A recording as CSV files, the accelerometer's first. */
  readonly csv: () => readonly string[];
  /** The same as JSON lines. */
  readonly jsonLines: () => readonly string[];
  /** Rows a second of the bare single-thread loop over the first file. */
  readonly bareLoop: () => number;
  /** Tells whoever waits what is being done. */
  readonly say: (what: string) => void;
}

/** A measurement that can be asked for by name. */
export interface Bench {
  readonly name: string;
  /** One line for the help. */
  readonly about: string;
  /** Figures as they are found: those of before a failure stand. */
  run(context: Context): AsyncIterable<Figure> | Iterable<Figure>;
}

export const BARE_LOOP = 'bare single-thread loop';

/** A rate of rows as a figure, beside the bare loop. */
export function rowRate(context: Context, name: string, value: number, more: Partial<Figure> = {}): Figure {
  return { name, value, unit: 'rows/s', ratio: value / context.bareLoop(), reference: BARE_LOOP, ...more };
}
