import type { Predicate, Where } from '@hark/contracts';
import { call, column, conjuncts, literal, type Expression } from '../expressions/expression.js';
import { parseExpression } from '../expressions/parse-expression.js';
import { QuerySpecError } from '../query-spec-error.js';
import { suggestion } from './nearest-name.js';

/** One of the conditions of which all must hold, and where it stands in the spec. */
export interface Condition {
  readonly expression: Expression;
  readonly field: string;
}

const OPERATORS: Readonly<Record<string, (left: Expression, values: readonly Expression[]) => Expression>> = {
  ...Object.fromEntries(['=', '!=', '<', '<=', '>', '>='].map((op) => [op, comparing(op)])),
  '==': comparing('='),
  '<>': comparing('!='),
  like: comparing('like'),
  'not like': (left, values) => call('not', call('like', left, ...values)),
  in: (left, values) => call('in', left, ...values),
  'not in': (left, values) => call('not', call('in', left, ...values)),
  'is null': (left) => call('is null', left),
  'is not null': (left) => call('is not null', left),
};

/** `notLike`, `IS NOT NULL` and `not_null` mean what they look like. */
const SPELLINGS: Readonly<Record<string, string>> = {
  notlike: 'not like',
  notin: 'not in',
  isnull: 'is null',
  null: 'is null',
  isnotnull: 'is not null',
  notnull: 'is not null',
};

export function conditionsOf(where: Where | undefined, field: string): Condition[] {
  if (where === undefined) return [];
  const parts = typeof where === 'string' ? [where] : where;
  return parts.flatMap((part, i) => {
    const place = typeof where === 'string' ? field : `${field}[${i}]`;
    const expression = typeof part === 'string' ? parseExpression(part, place) : predicate(part, place);
    return conjuncts(expression).map((each) => ({ expression: each, field: place }));
  });
}

function predicate({ column: name, op, value }: Predicate, field: string): Expression {
  const plain = op.trim().toLowerCase();
  const operator = SPELLINGS[plain.replaceAll(/[\s_]+/g, '')] ?? plain;
  if (!Object.hasOwn(OPERATORS, operator)) {
    throw new QuerySpecError(
      `${field}.op`,
      'unknown_operator',
      `there is no operator ${JSON.stringify(op)}${suggestion(op, Object.keys(OPERATORS))}`,
    );
  }
  const isList = operator === 'in' || operator === 'not in';
  const isTest = operator === 'is null' || operator === 'is not null';
  if (isTest !== (value === undefined) || isList !== Array.isArray(value)) {
    throw new QuerySpecError(
      `${field}.value`,
      'operator_value',
      `${operator} takes ${isTest ? 'no value' : isList ? 'a list of values' : 'one value'}`,
    );
  }
  const values = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return OPERATORS[operator](
    column(name),
    values.map((each) => literal(each as never)),
  );
}

function comparing(op: string) {
  return (left: Expression, values: readonly Expression[]) => call(op, left, ...values);
}
