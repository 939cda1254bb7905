import { doublesOf, finiteColumn, usesOf, type Bound } from './bound.js';

/**
 * Arithmetic is done in doubles, whatever the columns are. What is not finite is null, a division by zero among it.
 * `%` has the sign of its first operand, as in SQL.
 */
const OPERATIONS: Readonly<Record<string, (a: Float64Array, b: Float64Array, out: Float64Array) => void>> = {
  '+': (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = a[i] + b[i];
  },
  '-': (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = a[i] - b[i];
  },
  '*': (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = a[i] * b[i];
  },
  '/': (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = a[i] / b[i];
  },
  '%': (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = a[i] % b[i];
  },
  atan2: (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.atan2(a[i], b[i]);
  },
};

const FUNCTIONS: Readonly<Record<string, (value: number) => number>> = {
  negate: (value) => -value,
  abs: Math.abs,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  /** Half away from zero, as in SQL. */
  round: (value) => (value < 0 ? -Math.floor(0.5 - value) : Math.floor(value + 0.5)),
  exp: Math.exp,
  ln: Math.log,
  sin: Math.sin,
  cos: Math.cos,
};

export const BINARY_ARITHMETIC = Object.keys(OPERATIONS);
export const UNARY_ARITHMETIC = Object.keys(FUNCTIONS);

export function binaryArithmetic(fn: string, a: Bound, b: Bound): Bound {
  const operation = OPERATIONS[fn];
  return {
    type: 'double',
    uses: usesOf([a, b]),
    evaluate(rows) {
      const { length } = rows;
      const out = new Float64Array(length);
      operation(doublesOf(a.evaluate(rows)), doublesOf(b.evaluate(rows)), out);
      return finiteColumn(out);
    },
  };
}

export function unaryArithmetic(fn: string, operand: Bound): Bound {
  const apply = FUNCTIONS[fn];
  return {
    type: 'double',
    uses: operand.uses,
    evaluate(rows) {
      const { length } = rows;
      const values = doublesOf(operand.evaluate(rows));
      const out = new Float64Array(length);
      for (let i = 0; i < length; i++) out[i] = apply(values[i]);
      return finiteColumn(out);
    },
  };
}

/** The least or the greatest of the values that are not null. */
export function extreme(fn: 'least' | 'greatest', args: readonly Bound[]): Bound {
  const sign = fn === 'least' ? 1 : -1;
  return {
    type: 'double',
    uses: usesOf(args),
    evaluate(rows) {
      const { length } = rows;
      const out = new Float64Array(length).fill(NaN);
      for (const arg of args) {
        const values = doublesOf(arg.evaluate(rows));
        for (let i = 0; i < length; i++) {
          if (Number.isNaN(out[i]) || sign * values[i] < sign * out[i]) out[i] = values[i];
        }
      }
      return finiteColumn(out);
    },
  };
}

/** A timestamp as milliseconds or seconds since 1970, the parts of them included. */
export function unixTime(fn: 'unix_millis' | 'unix_seconds', time: Bound): Bound {
  const unit = fn === 'unix_millis' ? 1 : 1000;
  return {
    type: 'double',
    uses: time.uses,
    evaluate(rows) {
      const column = time.evaluate(rows);
      if (column.type !== 'timestamp') throw new TypeError(`${column.type} is no timestamp`);
      const out = new Float64Array(rows.length);
      for (let i = 0; i < out.length; i++) out[i] = (column.hi[i] + column.lo[i] / 1_000_000) / unit;
      return finiteColumn(out);
    },
  };
}
