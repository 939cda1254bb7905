import { parseEventTime, toNanoseconds, type ColumnType, type Literal } from '@hark/contracts';
import type { Value } from '../rows/value.js';
import { boundConstant, type Bound } from './bound.js';

/** A literal by itself; what it is compared with may give it another type, see {@link asType}. */
export function boundLiteral(value: Literal): Bound {
  if (typeof value === 'string') return boundConstant('string', value);
  if (typeof value === 'boolean') return boundConstant('boolean', value);
  return boundConstant('double', value);
}

/** A constant as a value of a type; null when it can't be one. Any type has the constant null. */
export function asType(type: ColumnType, constant: Bound): Bound | null {
  const value = constant.constant;
  if (value === undefined) return null;
  if (value === null || constant.type === type) return boundConstant(type, value);
  const converted = converting(type, value);
  return converted === null ? null : boundConstant(type, converted);
}

function converting(type: ColumnType, value: Value): Value {
  if (type === 'long') {
    if (typeof value === 'string' && /^-?\d{1,19}$/.test(value)) return BigInt(value);
    return Number.isSafeInteger(value) ? value : null;
  }
  if (type === 'timestamp' && typeof value === 'string') {
    const nanoseconds = parseEventTime(value);
    if (nanoseconds !== null) return toNanoseconds(nanoseconds);
    const milliseconds = Date.parse(value);
    return Number.isNaN(milliseconds) ? null : BigInt(milliseconds) * 1_000_000n;
  }
  return null;
}
