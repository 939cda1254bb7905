import { cellOf } from '../rows/cells.js';
import type { Column } from '../rows/row-batch.js';
import { columnOf } from '../rows/row-batch-builder.js';
import type { Value } from '../rows/value.js';
import { usesOf, type Bound } from './bound.js';
import { isNull, truthOf } from './conditions.js';

/** The first that is not null. */
export function coalesce(type: Bound['type'], args: readonly Bound[]): Bound {
  return {
    type,
    uses: usesOf(args),
    evaluate(rows) {
      const columns = args.map((arg) => arg.evaluate(rows));
      return pick(type, rows.length, (i) => columns.find((column) => !isNull(column, i)));
    },
  };
}

/** `if(condition, then, otherwise)`; a condition that is null counts as false. */
export function choice(type: Bound['type'], test: Bound, then: Bound, otherwise: Bound): Bound {
  return {
    type,
    uses: usesOf([test, then, otherwise]),
    evaluate(rows) {
      const truth = truthOf(test, rows);
      const columns = [then.evaluate(rows), otherwise.evaluate(rows)];
      return pick(type, rows.length, (i) => columns[truth[i] === 1 ? 0 : 1]);
    },
  };
}

function pick(type: Bound['type'], length: number, source: (i: number) => Column | undefined): Column {
  const cells = new Array<Value>(length);
  for (let i = 0; i < length; i++) {
    const column = source(i);
    // A long beside a double is one of two numbers: the result is a double.
    cells[i] = column === undefined ? null : numberWhere(type === 'double', cellOf(column, i));
  }
  return columnOf(type, cells);
}

function numberWhere(double: boolean, value: Value): Value {
  return double && typeof value === 'bigint' ? Number(value) : value;
}
