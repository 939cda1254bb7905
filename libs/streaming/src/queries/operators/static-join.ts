import { usesOf, type Bound } from '../expressions/bound.js';
import { columnOf } from '../rows/row-batch-builder.js';
import type { Column } from '../rows/row-batch.js';
import type { StaticTable } from '../rows/value.js';
import { codeKeys } from '../state/coded-keys.js';
import { KeyTable } from '../state/key-table.js';
import type { BatchClock } from './batch-clock.js';
import { ExtendedColumns, allRows, gather, type Frame } from './frame.js';

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
    const keys = codeKeys(
      this.step.streamKeys.map((key) => key.evaluate(frame)),
      frame.length,
    );
    const matches: (Int32Array | undefined)[] = [];
    const matchesOf = (code: number) => (matches[code] ??= this.find(keys.key(code)));
    return this.unique
      ? this.joinOne(frame, keys.codes, matchesOf)
      : this.joinMany(frame, keys.codes, matchesOf);
  }

  private find(key: readonly unknown[]): Int32Array {
    if (key.includes(null)) return NONE;
    const id = this.keys.idOf(key as never);
    const found = this.rowsOfKey[id] ?? NONE;
    this.keys.drop(id);
    return found;
  }

  /** At most one match: the rows stay where they are and get columns beside them, made when they are asked for. */
  private joinOne(frame: Frame, codes: Int32Array, matchesOf: (code: number) => Int32Array): Frame {
    const { length, clock } = frame;
    const { streamColumns: from, streamKeys, type } = this.step;
    const matchOf = (row: number): number => matchesOf(codes[row])[0] ?? -1;
    let matched: Int32Array | null = null;
    const columns = new ExtendedColumns(frame, from, (index) => {
      if (matched === null) {
        matched = new Int32Array(length);
        for (let i = 0; i < length; i++) matched[i] = matchOf(i);
      }
      return gather(this.columns[index], matched, length);
    });
    const { rows, count } = type === 'left' ? frame : this.having(frame, matchOf);
    return {
      ...{ length, clock, column: (index) => columns.column(index), rows, count },
      told: {
        from,
        by: usesOf(streamKeys),
        at: (some) => {
          const matches = some.map(matchOf);
          const column = (index: number) => gather(this.columns[index - from], matches, some.length);
          return { length: some.length, column };
        },
      },
    };
  }

  /** Rows that have a match. */
  private having({ rows, count }: Frame, matchOf: (row: number) => number): Pick<Frame, 'rows' | 'count'> {
    const kept = new Int32Array(count);
    let left = 0;
    for (let j = 0; j < count; j++) if (matchOf(rows[j]) >= 0) kept[left++] = rows[j];
    return { rows: kept, count: left };
  }

  private joinMany(frame: Frame, codes: Int32Array, matchesOf: (code: number) => Int32Array): Frame {
    const fromStream: number[] = [];
    const fromTable: number[] = [];
    for (let j = 0; j < frame.count; j++) {
      const i = frame.rows[j];
      const found = matchesOf(codes[i]);
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
      column: (index) =>
        (made[index] ??=
          index < streamColumns
            ? gather(frame.column(index), streamRows, count)
            : gather(this.columns[index - streamColumns], tableRows, count)),
    };
  }
}

const NONE = new Int32Array(0);

/** A clock for rows that were some rows of a batch. */
function clockAt(clock: BatchClock, rows: Int32Array): BatchClock {
  const { leastMs, endMs, endSubNs } = clock;
  return {
    leastMs,
    endMs,
    endSubNs,
    ms: () => {
      const ms = clock.ms();
      return Float64Array.from(rows, (i) => ms[i]);
    },
    subNs: () => {
      const subNs = clock.subNs();
      return Int32Array.from(rows, (i) => subNs[i]);
    },
  };
}
