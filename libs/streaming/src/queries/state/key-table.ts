import type { Row, Value } from '../rows/value.js';

/**
 * Numbers keys, which are tuples of values, from 0, so that state can be held in arrays. A key stays for as long as it
 * is retained; then its number is used again.
 */
export class KeyTable {
  private readonly ids = new Map<string, number>();
  private readonly keys: (Row | null)[] = [];
  private readonly texts: string[] = [];
  private readonly references: number[] = [];
  private readonly free: number[] = [];
  private bytes = 0;

  get size(): number {
    return this.ids.size;
  }

  /** The number of a key, given to it now when it is new. {@link retain} it, or {@link drop} it afterwards. */
  idOf(key: Row): number {
    const text = textOf(key);
    let id = this.ids.get(text);
    if (id === undefined) {
      id = this.free.pop() ?? this.keys.length;
      this.ids.set(text, id);
      this.keys[id] = key;
      this.texts[id] = text;
      this.references[id] = 0;
      this.bytes += bytesOf(text, key);
    }
    return id;
  }

  key(id: number): Row {
    return this.keys[id]!;
  }

  retain(id: number, times = 1): void {
    this.references[id] += times;
  }

  release(id: number, times = 1): void {
    this.references[id] -= times;
    this.drop(id);
  }

  /** Lets go of a key that nobody retains. */
  drop(id: number): void {
    const key = this.keys[id];
    if (this.references[id] > 0 || key === null) return;
    this.bytes -= bytesOf(this.texts[id], key);
    this.ids.delete(this.texts[id]);
    this.keys[id] = null;
    this.texts[id] = '';
    this.free.push(id);
  }

  /** An estimate. */
  get memoryUsedBytes(): number {
    return this.bytes;
  }
}

/** Distinct keys have distinct texts: each value says its kind and a text its length. */
function textOf(key: Row): string {
  let text = '';
  for (const value of key) text += textOfValue(value);
  return text;
}

function textOfValue(value: Value): string {
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`;
    case 'number':
      return Object.is(value, -0) ? 'n0;' : `n${value};`;
    case 'bigint':
      return `i${value};`;
    case 'boolean':
      return value ? 't' : 'f';
    default:
      return '-';
  }
}

/** Entries of the map and the three arrays, and the strings as one byte a character, measured on V8. */
function bytesOf(text: string, key: Row): number {
  let bytes = 100 + text.length + 24 + key.length * 8;
  for (const value of key) if (typeof value === 'string') bytes += 24 + value.length;
  return bytes;
}
