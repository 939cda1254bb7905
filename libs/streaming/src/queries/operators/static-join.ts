import { usesOf, type Bound } from '../expressions/bound.js';
import { columnOf } from '../rows/row-batch-builder.js';
import { gather } from '../rows/gather.js';
import type { Column, Columns } from '../rows/row-batch.js';
import { areSteady, type Stretches } from '../rows/stretches.js';
import type { StaticTable } from '../rows/value.js';
import { codeKeys } from '../state/coded-keys.js';
import { KeyTable } from '../state/key-table.js';
import type { BatchClock } from './batch-clock.js';
import { ExtendedColumns, allRows, keepStretches, type Frame } from './frame.js';

export interface StaticJoinStep {
  readonly table: StaticTable;
  /** Of the stream, one for each of `tableKeys`. */
  readonly streamKeys: readonly Bound[];
  /** Indexes into the table's columns. */
  readonly tableKeys: readonly number[];
  /** Columns of the table that are added to the stream's: those that are not keys. */
  readonly added: readonly number[];
  /** How many columns the stream has. */
  readonly streamColumns: number;
  readonly type: 'inner' | 'left';
}

/** Joins each row with the rows of a table that stands still. It holds no state; null equals nothing. */
export class StaticJoin {
  private readonly keys = new KeyTable();
  /** Rows of the table by number of key. */
  private readonly rowsOfKey: Int32Array[] = [];
  private readonly columns: readonly Column[];
  private readonly unique: boolean;

  constructor(private readonly step: StaticJoinStep) {
    const { table, tableKeys, added } = step;
    const rows: number[][] = [];
    table.rows.forEach((row, number) => {
      const key = tableKeys.map((index) => row[index]);
      if (!key.includes(null)) (rows[this.keys.idOf(key)] ??= []).push(number);
    });
    rows.forEach((numbers, id) => {
      this.rowsOfKey[id] = Int32Array.from(numbers);
      this.keys.retain(id);
    });
    this.unique = rows.every(({ length }) => length === 1);
    this.columns = added.map((index) =>
      columnOf(
        table.schema[index].type,
        table.rows.map((row) => row[index]),
      ),
    );
  }

  take(frame: Frame): Frame {
    const { streamKeys } = this.step;
    const { stretches } = frame;
    if (this.unique && areSteady(usesOf(streamKeys), stretches)) return this.joinStretches(frame, stretches);
    const matchesOf = this.matches(streamKeys, frame);
    return this.joinRows(frame, matchesOf);
  }

  /** @returns the rows of the table that match a row; a key is looked for once. */
  private matches(keys: readonly Bound[], columns: Columns): (row: number) => Int32Array {
    const { codes, key } = codeKeys(
      keys.map((each) => each.evaluate(columns)),
      columns.length,
    );
    const found: (Int32Array | undefined)[] = [];
    return (row) => (found[codes[row]] ??= this.find(key(codes[row])));
  }

  private find(key: readonly unknown[]): Int32Array {
    if (key.includes(null)) return NONE;
    const id = this.keys.idOf(key as never);
    const found = this.rowsOfKey[id] ?? NONE;
    this.keys.drop(id);
    return found;
  }

  /** At most one match, the same for a stretch: the rows stay where they are and get columns beside them. */
  private joinStretches(frame: Frame, stretches: Stretches): Frame {
    const { streamColumns: from, streamKeys, added, type } = this.step;
    const { heads, count } = stretches;
    const matchesOf = this.matches(streamKeys, heads);
    const matches = Int32Array.from({ length: count }, (_, s) => matchesOf(s)[0] ?? -1);
    const kept =
      type === 'left'
        ? frame
        : keepStretches(frame, stretches, (s) => matches[s] >= 0, new Int32Array(frame.count));
    const headColumns = new ExtendedColumns(heads, from, (index) =>
      gather(this.columns[index], matches, count),
    );
    const columns = new ExtendedColumns(frame, from, (index) => {
      return gather(this.columns[index], perRow(frame, stretches, matches), frame.length);
    });
    return {
      ...kept,
      column: (index) => columns.column(index),
      stretches: {
        ...(kept.stretches ?? stretches),
        steady: new Set([...stretches.steady, ...added.map((_, index) => from + index)]),
        heads: headColumns,
      },
    };
  }

  private joinRows(frame: Frame, matchesOf: (row: number) => Int32Array): Frame {
    const fromStream: number[] = [];
    const fromTable: number[] = [];
    for (let j = 0; j < frame.count; j++) {
      const i = frame.rows[j];
      const found = matchesOf(i);
      for (const match of found) {
        fromStream.push(i);
        fromTable.push(match);
      }
      if (found.length === 0 && this.step.type === 'left') {
        fromStream.push(i);
        fromTable.push(-1);
      }
    }
    const count = fromStream.length;
    const streamRows = Int32Array.from(fromStream);
    const tableRows = Int32Array.from(fromTable);
    const made: Column[] = [];
    const { streamColumns } = this.step;
    return {
      length: count,
      count,
      rows: allRows(count),
      clock: frame.clock === null ? null : clockAt(frame.clock, streamRows),
      stretches: null,
      column: (index) =>
        (made[index] ??=
          index < streamColumns
            ? gather(frame.column(index), streamRows, count)
            : gather(this.columns[index - streamColumns], tableRows, count)),
    };
  }
}

const NONE = new Int32Array(0);

/** The match of each row of a batch that is in; the others are looked at by nobody. */
function perRow({ rows, length }: Frame, { ends, count }: Stretches, matches: Int32Array): Int32Array {
  const matched = new Int32Array(length).fill(-1);
  for (let s = 0, j = 0; s < count; s++) for (; j < ends[s]; j++) matched[rows[j]] = matches[s];
  return matched;
}

/** A clock for rows that were some rows of a batch. */
function clockAt(clock: BatchClock, rows: Int32Array): BatchClock {
  const ms = Float64Array.from(rows, (i) => clock.ms[i]);
  const subNs = rows.map((i) => clock.subNs[i]);
  return { ...clock, ms, subNs };
}
