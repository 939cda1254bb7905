import { suggestion } from '../plan/nearest-name.js';
import { QuerySpecError } from '../query-spec-error.js';
import type { ColumnSchema } from '../rows/value.js';
import { boundColumn, type Bound } from './bound.js';
import type { Expression } from './expression.js';
import { FUNCTIONS } from './functions.js';
import { boundLiteral } from './literals.js';

/**
 * Gives an expression's names and types a meaning.
 *
 * @param field of the spec, for errors.
 * @throws QuerySpecError for an unknown column or function, and for operands of the wrong type or number.
 */
export function bind(expression: Expression, schema: readonly ColumnSchema[], field: string): Bound {
  switch (expression.kind) {
    case 'literal':
      return boundLiteral(expression.value);
    case 'column': {
      const index = columnIndex(expression.name, schema, field);
      return boundColumn(schema[index].type, index);
    }
    case 'call': {
      const bindCall = FUNCTIONS[expression.fn];
      if (bindCall === undefined || !Object.hasOwn(FUNCTIONS, expression.fn)) {
        const known = Object.keys(FUNCTIONS).filter((name) => /^\w+$/.test(name));
        throw new QuerySpecError(
          field,
          'unknown_function',
          `there is no function ${expression.fn}${suggestion(expression.fn, known)}`,
        );
      }
      const args = expression.args.map((arg) => bind(arg, schema, field));
      return bindCall(args, { fn: expression.fn, field });
    }
  }
}

/** @throws QuerySpecError for a name that no column has. */
export function columnIndex(name: string, schema: readonly ColumnSchema[], field: string): number {
  const index = schema.findIndex((column) => column.name === name);
  if (index < 0) {
    const known = schema.map((column) => column.name);
    throw new QuerySpecError(
      field,
      'unknown_column',
      `there is no column ${JSON.stringify(name)}${suggestion(name, known)}`,
    );
  }
  return index;
}
