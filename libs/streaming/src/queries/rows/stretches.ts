import type { Column, Columns, StringColumn } from './row-batch.js';

/**
 * Rows cut into stretches in which some columns stay the same: who is recorded and what they do changes once in many
 * rows. What such columns tell is told once a stretch, by its head. Stretch `s` ends before row `ends[s]`, where the next
 * one begins; it may be empty.
 */
export interface Stretches {
  readonly ends: Int32Array;
  readonly count: number;
  /** Indexes of the columns that stay the same. */
  readonly steady: ReadonlySet<number>;
  /** These columns alone, at one row of each stretch. */
  readonly heads: Columns;
}

/** Whether all of some columns stay the same in each stretch. */
export function areSteady(columns: ReadonlySet<number>, stretches: Stretches | null): stretches is Stretches {
  if (stretches === null) return false;
  for (const index of columns) if (!stretches.steady.has(index)) return false;
  return true;
}

/**
 * Cuts rows wherever the codes of one of two text columns change.
 * @param steady text columns that stay the same while these two do, themselves among them.
 */
export function cutByCodes(columns: Columns, steady: ReadonlySet<number>, a: number, b: number): Stretches {
  const codesOf = (index: number) => (columns.column(index) as StringColumn).codes;
  const { ends, count } = endsOfCodes(codesOf(a), codesOf(b), columns.length);
  const firsts = new Int32Array(count);
  for (let s = 1; s < count; s++) firsts[s] = ends[s - 1];
  return { ends, count, steady, heads: new Heads(columns, firsts) };
}

/** Where the stretches of `length` rows end in which both codes stay the same. */
export function endsOfCodes(
  a: StringColumn['codes'],
  b: StringColumn['codes'],
  length: number,
): { readonly ends: Int32Array; readonly count: number } {
  let ends = new Int32Array(256);
  let count = 0;
  for (let i = 1; i <= length; i++) {
    if (i < length && a[i] === a[i - 1] && b[i] === b[i - 1]) continue;
    if (count === ends.length) {
      const longer = new Int32Array(count * 4);
      longer.set(ends);
      ends = longer;
    }
    ends[count++] = i;
  }
  return { ends, count };
}

/** Some rows of steady columns. Columns that share their codes go on sharing them. */
class Heads implements Columns {
  readonly length: number;
  private readonly codes = new Map<StringColumn['codes'], Int32Array>();
  private readonly made: Column[] = [];

  constructor(
    private readonly columns: Columns,
    private readonly rows: Int32Array,
  ) {
    this.length = rows.length;
  }

  column(index: number): Column {
    return (this.made[index] ??= this.make(this.columns.column(index) as StringColumn));
  }

  private make({ type, codes, dictionary }: StringColumn): Column {
    let some = this.codes.get(codes);
    if (some === undefined) this.codes.set(codes, (some = this.rows.map((row) => codes[row])));
    return { type, codes: some, dictionary };
  }
}
