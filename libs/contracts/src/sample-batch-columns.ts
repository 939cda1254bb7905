/** Names of the columns by their field, as in `hark.proto`. */
export const COLUMNS: Readonly<Record<number, string>> = {
  4: 'stream',
  5: 'creation_time_ns',
  6: 'arrival_time_ms',
  7: 'x',
  8: 'y',
  9: 'z',
  10: 'label',
};

/** Bytes of one row in each column. */
export const WIDTHS: Readonly<Record<number, number>> = { 4: 2, 5: 8, 6: 8, 7: 8, 8: 8, 9: 8, 10: 1 };
