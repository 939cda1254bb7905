import type { Value } from '../rows/value.js';

/** A 64-bit hash in two halves. */
export const hash = { hi: 0, lo: 0 };

/**
 * Hashes a value into {@link hash}: two rounds of 32-bit mixing over its characters or halves, finished as MurmurHash3
 * (Appleby 2011) finishes. For sketches, not against adversaries.
 */
export function hash64(value: Value): void {
  if (typeof value === 'string') hashText(value);
  else if (typeof value === 'number') hashNumber(value);
  else if (typeof value === 'bigint') hashText(String(value));
  else hashNumber(value === true ? 1 : 0);
}

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

export function hashNumber(value: number): void {
  float[0] = value === 0 ? 0 : value;
  hashWords(words[0], words[1]);
}

export function hashWords(first: number, second: number): void {
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  a = Math.imul(a ^ first, 0xcc9e2d51);
  b = Math.imul(b ^ first, 0x1b873593);
  a = Math.imul(a ^ (a >>> 15) ^ second, 0x2c1b3c6d);
  b = Math.imul(b ^ (b >>> 13) ^ second, 0x297a2d39);
  finish(a, b);
}

function hashText(text: string): void {
  let a = 0x9e3779b9 ^ text.length;
  let b = 0x85ebca6b ^ text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
    a ^= a >>> 15;
    b ^= b >>> 13;
  }
  finish(a, b);
}

function finish(a: number, b: number): void {
  a ^= b >>> 16;
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b);
  a = Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16) ^ a, 0x85ebca6b);
  b = Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  hash.hi = (a ^ (a >>> 16)) >>> 0;
  hash.lo = (b ^ (b >>> 16)) >>> 0;
}
