import { StateFormatError } from '../../runner/processor.js';
import type { StateReader } from '../../encoding/state-reader.js';
import type { StateWriter } from '../../encoding/state-writer.js';
import type { Row, Value } from '../rows/value.js';

const KINDS = ['null', 'string', 'number', 'bigint', 'boolean'];

export function writeRow(row: Row, state: StateWriter): void {
  state.u32(row.length);
  for (const value of row) writeValue(value, state);
}

export function readRow(state: StateReader): Row {
  return Array.from({ length: state.u32() }, () => readValue(state));
}

function writeValue(value: Value, state: StateWriter): void {
  state.u8(value === null ? 0 : KINDS.indexOf(typeof value));
  if (typeof value === 'string') state.string(value);
  else if (typeof value === 'bigint') state.string(String(value));
  else if (typeof value === 'number') state.f64(value);
  else if (typeof value === 'boolean') state.bool(value);
}

function readValue(state: StateReader): Value {
  const kind = state.u8();
  switch (KINDS[kind]) {
    case 'null':
      return null;
    case 'string':
      return state.string();
    case 'number':
      return state.f64();
    case 'bigint':
      return BigInt(state.string());
    case 'boolean':
      return state.bool();
    default:
      throw new StateFormatError(`${kind} is no kind of value`);
  }
}
