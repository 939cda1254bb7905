import Table from 'cli-table3';

export type Cell = string | number | boolean | null;

/** A table for people: plain text without colours, numbers to the right, `–` where there is nothing. */
export function renderTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const numeric = head.map(
    (_, c) => rows.length > 0 && rows.every((row) => typeof row[c] === 'number' || row[c] === null),
  );
  const table = new Table({
    head: [...head],
    colAligns: numeric.map((right) => (right ? 'right' : 'left')),
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 2 },
    chars: PLAIN,
  });
  for (const row of rows) table.push(row.map((cell) => (cell === null ? '–' : String(cell))));
  // Padding at the end of a line only breaks lines on narrow terminals.
  return table.toString().replace(/ +$/gm, '');
}

/** No frames: columns apart by two spaces, so that the output can be cut and sorted. */
const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

/** A share as people read it: 0.9123 → 91.2 %. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** 1234567 → 1,234,567. */
export function grouped(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}
