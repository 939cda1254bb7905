import { columnOf } from '../rows/row-batch-builder.js';
import { cellOf } from '../rows/cells.js';
import type { StringColumn } from '../rows/row-batch.js';
import { finiteColumn, usesOf, type Bound } from './bound.js';

/** A text made from one text: each entry of the dictionary once, the codes shared. */
export function textFunction(text: Bound, apply: (text: string) => string): Bound {
  return {
    type: 'string',
    uses: text.uses,
    evaluate(rows) {
      const { codes, dictionary } = text.evaluate(rows) as StringColumn;
      return {
        type: 'string',
        codes,
        dictionary: dictionary.map((entry) => (entry === null ? null : apply(entry))),
      };
    },
  };
}

/** In characters. */
export function textLength(text: Bound): Bound {
  return {
    type: 'double',
    uses: text.uses,
    evaluate(rows) {
      const { codes, dictionary } = text.evaluate(rows) as StringColumn;
      const lengths = dictionary.map((entry) => (entry === null ? NaN : [...entry].length));
      const values = new Float64Array(rows.length);
      for (let i = 0; i < values.length; i++) values[i] = lengths[codes[i]];
      return finiteColumn(values);
    },
  };
}

/** Null when any of the texts is. */
export function concatenation(texts: readonly Bound[]): Bound {
  return {
    type: 'string',
    uses: usesOf(texts),
    evaluate(rows) {
      const columns = texts.map((text) => text.evaluate(rows));
      const cells = Array.from({ length: rows.length }, (_, i) => {
        const parts = columns.map((column) => cellOf(column, i));
        return parts.includes(null) ? null : parts.join('');
      });
      return columnOf('string', cells);
    },
  };
}
