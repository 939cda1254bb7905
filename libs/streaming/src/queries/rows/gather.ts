import type { Column } from './row-batch.js';

/** Rows of a column, in another order or some of them more than once; −1 gives null. */
export function gather(column: Column, rows: Int32Array, count: number): Column {
  switch (column.type) {
    case 'string': {
      const codes = new Int32Array(count);
      const absent = column.dictionary.length;
      for (let j = 0; j < count; j++) codes[j] = rows[j] < 0 ? absent : column.codes[rows[j]];
      return { type: 'string', codes, dictionary: [...column.dictionary, null] };
    }
    case 'double': {
      const values = new Float64Array(count);
      for (let j = 0; j < count; j++) values[j] = rows[j] < 0 ? NaN : column.values[rows[j]];
      return { type: 'double', values };
    }
    case 'boolean': {
      const values = new Uint8Array(count);
      for (let j = 0; j < count; j++) values[j] = rows[j] < 0 ? 2 : column.values[rows[j]];
      return { type: 'boolean', values };
    }
    default: {
      const hi = new Float64Array(count);
      const lo = new Int32Array(count);
      for (let j = 0; j < count; j++) {
        hi[j] = rows[j] < 0 ? NaN : column.hi[rows[j]];
        lo[j] = rows[j] < 0 ? 0 : column.lo[rows[j]];
      }
      return { type: column.type, hi, lo };
    }
  }
}
