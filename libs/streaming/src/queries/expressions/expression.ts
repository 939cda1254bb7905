import type { Literal } from '@hark/contracts';

/**
 * An expression over the columns of a row, as read, before names and types are known. Operators are calls as well:
 * `x + 1` is the call `+` of the column `x` and the literal 1.
 */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'call'; readonly fn: string; readonly args: readonly Expression[] };

export function literal(value: Literal): Expression {
  return { kind: 'literal', value };
}

export function column(name: string): Expression {
  return { kind: 'column', name };
}

export function call(fn: string, ...args: readonly Expression[]): Expression {
  return { kind: 'call', fn, args };
}

/** The conditions of which all must hold. */
export function conjuncts(expression: Expression): Expression[] {
  return expression.kind === 'call' && expression.fn === 'and'
    ? expression.args.flatMap(conjuncts)
    : [expression];
}
