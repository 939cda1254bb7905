import type { BooleanColumn, Column, Columns, Int64Column, StringColumn } from '../rows/row-batch.js';
import { compareInt64 } from '../rows/int64.js';
import { doublesOf, usesOf, type Bound } from './bound.js';

/** Conditions follow SQL's three values: what is compared with null is neither true nor false, but null. */
const FALSE = 0;
const TRUE = 1;
const NULL = 2;

/** Whether a comparison holds when the first operand is less, equal, greater. */
const HOLDS: Readonly<Record<string, readonly [number, number, number]>> = {
  '=': [0, 1, 0],
  '!=': [1, 0, 1],
  '<': [1, 0, 0],
  '<=': [1, 1, 0],
  '>': [0, 0, 1],
  '>=': [0, 1, 1],
};

export const COMPARISONS = Object.keys(HOLDS);

/** @param a, b of one type, or both numbers. */
export function comparison(fn: string, a: Bound, b: Bound): Bound {
  const [less, equal, greater] = HOLDS[fn];
  const verdict = (sign: number) => (sign < 0 ? less : sign === 0 ? equal : greater);
  return condition([a, b], (rows, out) => {
    const left = a.evaluate(rows);
    const right = b.evaluate(rows);
    if (left.type === 'string' && right.type === 'string') compareText(left, right, b, verdict, out);
    else if (isInt64(left) && isInt64(right)) {
      for (let i = 0; i < out.length; i++) {
        const sign = compareInt64(left.hi[i], left.lo[i], right.hi[i], right.lo[i]);
        out[i] = Number.isNaN(sign) ? NULL : verdict(sign);
      }
    } else if (left.type === 'boolean' && right.type === 'boolean') {
      const { values } = left;
      for (let i = 0; i < out.length; i++) {
        out[i] = values[i] === NULL || right.values[i] === NULL ? NULL : verdict(values[i] - right.values[i]);
      }
    } else {
      const x = doublesOf(left);
      const y = doublesOf(right);
      for (let i = 0; i < out.length; i++) {
        out[i] = x[i] < y[i] ? less : x[i] > y[i] ? greater : x[i] === y[i] ? equal : NULL;
      }
    }
  });
}

/** Against a constant, each entry of the dictionary is compared once. */
function compareText(
  left: StringColumn,
  right: StringColumn,
  b: Bound,
  verdict: (sign: number) => number,
  out: Uint8Array,
): void {
  const compare = (x: string | null, y: string | null) =>
    x === null || y === null ? NULL : verdict(x < y ? -1 : x > y ? 1 : 0);
  if (b.constant !== undefined) {
    const constant = b.constant as string | null;
    lookUp(left, (entry) => compare(entry, constant), out);
    return;
  }
  for (let i = 0; i < out.length; i++) {
    out[i] = compare(left.dictionary[left.codes[i]], right.dictionary[right.codes[i]]);
  }
}

/** `like`, or anything else that is told by a text alone. */
export function textTest(text: Bound, test: (text: string) => boolean): Bound {
  return condition([text], (rows, out) => {
    lookUp(
      text.evaluate(rows) as StringColumn,
      (entry) => (entry === null ? NULL : Number(test(entry))),
      out,
    );
  });
}

function lookUp(column: StringColumn, test: (entry: string | null) => number, out: Uint8Array): void {
  const verdicts = Uint8Array.from(column.dictionary, test);
  const { codes } = column;
  for (let i = 0; i < out.length; i++) out[i] = verdicts[codes[i]];
}

export function nullTest(fn: 'is null' | 'is not null', operand: Bound): Bound {
  const whenNull = fn === 'is null' ? TRUE : FALSE;
  return condition([operand], (rows, out) => {
    const column = operand.evaluate(rows);
    for (let i = 0; i < out.length; i++) out[i] = isNull(column, i) ? whenNull : 1 - whenNull;
  });
}

export function negation(operand: Bound): Bound {
  return condition([operand], (rows, out) => {
    const values = truthOf(operand, rows);
    for (let i = 0; i < out.length; i++) out[i] = values[i] === NULL ? NULL : 1 - values[i];
  });
}

/** `and` when `decides` is false, `or` when it is true: one such operand settles it, null or not. */
function junction(decides: number, args: readonly Bound[]): Bound {
  return condition(args, (rows, out) => {
    out.fill(1 - decides);
    for (const arg of args) {
      const values = truthOf(arg, rows);
      for (let i = 0; i < out.length; i++) {
        if (values[i] === decides) out[i] = decides;
        else if (values[i] === NULL && out[i] !== decides) out[i] = NULL;
      }
    }
  });
}

export const conjunction = (args: readonly Bound[]): Bound => junction(FALSE, args);
export const disjunction = (args: readonly Bound[]): Bound => junction(TRUE, args);

/** 0 = false, 1 = true, 2 = null for each row. */
export function truthOf(operand: Bound, rows: Columns): Uint8Array {
  return (operand.evaluate(rows) as BooleanColumn).values;
}

export function isNull(column: Column, i: number): boolean {
  switch (column.type) {
    case 'string':
      return column.dictionary[column.codes[i]] === null;
    case 'double':
      return Number.isNaN(column.values[i]);
    case 'boolean':
      return column.values[i] === NULL;
    default:
      return Number.isNaN(column.hi[i]);
  }
}

function isInt64(column: Column): column is Int64Column {
  return column.type === 'long' || column.type === 'timestamp';
}

function condition(args: readonly Bound[], fill: (rows: Columns, out: Uint8Array) => void): Bound {
  return {
    type: 'boolean',
    uses: usesOf(args),
    evaluate(rows) {
      const values = new Uint8Array(rows.length);
      fill(rows, values);
      return { type: 'boolean', values };
    },
  };
}
