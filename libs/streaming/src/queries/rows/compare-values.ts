import type { Row, Value } from './value.js';

/** Null first, then false before true, numbers by size, texts by UTF-16 code units. The values are of one column. */
export function compareValues(a: Value, b: Value): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By the first value, then by the second … */
export function compareRows(a: Row, b: Row): number {
  for (let c = 0; c < a.length; c++) {
    const order = compareValues(a[c], b[c]);
    if (order !== 0) return order;
  }
  return 0;
}
