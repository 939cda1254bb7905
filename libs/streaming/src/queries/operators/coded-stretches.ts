import { usesOf, type Bound } from '../expressions/bound.js';
import { areSteady, endsOfCodes } from '../rows/stretches.js';
import type { Row } from '../rows/value.js';
import { codeKeys } from '../state/coded-keys.js';
import type { Frame } from './frame.js';

/** The rows of a frame, cut so that each stretch has one key: that of its code. Some may be empty. */
export interface CodedStretches {
  readonly ends: Int32Array;
  readonly count: number;
  /** Of each stretch. */
  readonly codes: Int32Array;
  /** Codes are below it. */
  readonly size: number;
  key(code: number): Row;
}

export function codedStretches(frame: Frame, keys: readonly Bound[]): CodedStretches {
  const { stretches, rows, count, length } = frame;
  if (areSteady(usesOf(keys), stretches)) {
    const { ends, heads } = stretches;
    const coded = codeKeys(
      keys.map((key) => key.evaluate(heads)),
      stretches.count,
    );
    return { ...coded, ends, count: stretches.count };
  }
  const { codes: ofRows, ...coded } = codeKeys(
    keys.map((key) => key.evaluate(frame)),
    length,
  );
  const inOrder = Int32Array.from({ length: count }, (_, j) => ofRows[rows[j]]);
  const cut = endsOfCodes(inOrder, inOrder, count);
  const codes = new Int32Array(cut.count);
  for (let s = 0, from = 0; s < cut.count; from = cut.ends[s++]) codes[s] = inOrder[from];
  return { ...coded, ...cut, codes };
}
