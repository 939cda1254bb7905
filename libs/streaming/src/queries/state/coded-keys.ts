import { cellOf } from '../rows/cells.js';
import type { Column } from '../rows/row-batch.js';
import type { Row, Value } from '../rows/value.js';

/** The keys of a batch's rows by dictionary: row `i` has `key(codes[i])`. Two codes may have the same key. */
export interface CodedKeys {
  readonly codes: Int32Array;
  /** Codes are below it. */
  readonly size: number;
  key(code: number): Row;
}

/** Codes are made by multiplying up to so many, or as many as there are rows; beyond, only what occurs gets a code. */
const MAX_PRODUCT = 4096;

/** Columns whose codes are the same array, as `User` and `Device` have theirs from the stream of a row. */
interface Dimension {
  readonly codes: Int32Array;
  readonly size: number;
  /** Values of each member column by code. */
  readonly members: { readonly position: number; readonly dictionary: readonly Value[] }[];
}

interface Known {
  readonly next: WeakMap<Column, Known>;
  keys?: CodedKeys;
}

/** Queries that read one batch share its codes: the keys of columns, found by one column after the other. */
const KNOWN: Known = { next: new WeakMap() };

/** @param columns of one batch; their codes are made once for as long as the columns live. */
export function codeKeys(columns: readonly Column[], length: number): CodedKeys {
  if (columns.length === 0) return { codes: zeros(length), size: 1, key: () => [] };
  let known = KNOWN;
  for (const column of columns) {
    let next = known.next.get(column);
    if (next === undefined) known.next.set(column, (next = { next: new WeakMap() }));
    known = next;
  }
  return (known.keys ??= coded(columns, length));
}

let zeroCodes = new Int32Array(0);

function zeros(length: number): Int32Array {
  if (zeroCodes.length < length) zeroCodes = new Int32Array(length);
  return zeroCodes;
}

function coded(columns: readonly Column[], length: number): CodedKeys {
  const dimensions: Dimension[] = [];
  const sources: unknown[] = [];
  columns.forEach((column, position) => {
    const { source, dictionary } = dictionaryOf(column);
    const same = dimensions.find(
      ({ size }, d) => source !== null && sources[d] === source && size === dictionary!.length,
    );
    if (same !== undefined) {
      same.members.push({ position, dictionary: dictionary! });
      return;
    }
    const made =
      source === null ? dictionaryCoded(column, length) : { codes: int32(source), dictionary: dictionary! };
    sources.push(source);
    dimensions.push({
      ...made,
      size: made.dictionary.length,
      members: [{ position, dictionary: made.dictionary }],
    });
  });
  const keyOf = (codeIn: (dimension: number) => number): Row => {
    const key = new Array<Value>(columns.length);
    dimensions.forEach(({ members }, d) => {
      for (const { position, dictionary } of members) key[position] = dictionary[codeIn(d)];
    });
    return key;
  };
  if (dimensions.length === 1) {
    const [{ codes, size }] = dimensions;
    return { codes, size, key: (code) => keyOf(() => code) };
  }
  const size = dimensions.reduce((product, dimension) => product * dimension.size, 1);
  return size <= Math.max(MAX_PRODUCT, length)
    ? multiplied(dimensions, size, length, keyOf)
    : occurring(dimensions, length, keyOf);
}

function multiplied(
  dimensions: readonly Dimension[],
  size: number,
  length: number,
  keyOf: (codeIn: (dimension: number) => number) => Row,
): CodedKeys {
  const codes = new Int32Array(length);
  const factors: number[] = [];
  let factor = 1;
  for (const dimension of dimensions) {
    factors.push(factor);
    addScaled(codes, dimension.codes, factor, length);
    factor *= dimension.size;
  }
  return {
    codes,
    size,
    key: (code) => keyOf((d) => Math.floor(code / factors[d]) % dimensions[d].size),
  };
}

function addScaled(codes: Int32Array, more: Int32Array, factor: number, length: number): void {
  for (let i = 0; i < length; i++) codes[i] += more[i] * factor;
}

function occurring(
  dimensions: readonly Dimension[],
  length: number,
  keyOf: (codeIn: (dimension: number) => number) => Row,
): CodedKeys {
  let codes = Int32Array.from({ length }, (_, i) => dimensions[0].codes[i]);
  for (const dimension of dimensions.slice(1)) {
    const known = new Map<number, number>();
    const combined = new Int32Array(length);
    for (let i = 0; i < length; i++) {
      // At most 2^31 · 2^22 of them: exact.
      const pair = codes[i] * dimension.size + dimension.codes[i];
      let code = known.get(pair);
      if (code === undefined) known.set(pair, (code = known.size));
      combined[i] = code;
    }
    codes = combined;
  }
  const firstRow: number[] = [];
  for (let i = 0; i < length; i++) firstRow[codes[i]] ??= i;
  return {
    codes,
    size: firstRow.length,
    key: (code) => keyOf((d) => dimensions[d].codes[firstRow[code]]),
  };
}

function int32(codes: Uint8Array | Uint16Array | Int32Array): Int32Array {
  return codes instanceof Int32Array ? codes : new Int32Array(codes);
}

/** The codes that a column has by itself; none for one that is not of texts or truth values. */
function dictionaryOf(column: Column) {
  if (column.type === 'string') return { source: column.codes, dictionary: column.dictionary };
  if (column.type === 'boolean') return { source: column.values, dictionary: [false, true, null] };
  return { source: null, dictionary: null };
}

function dictionaryCoded(column: Column, length: number) {
  const codes = new Int32Array(length);
  const dictionary: Value[] = [];
  const known = new Map<Value, number>();
  for (let i = 0; i < length; i++) {
    const value = cellOf(column, i);
    let code = known.get(value);
    if (code === undefined) {
      code = dictionary.push(value) - 1;
      known.set(value, code);
    }
    codes[i] = code;
  }
  return { codes, dictionary };
}
