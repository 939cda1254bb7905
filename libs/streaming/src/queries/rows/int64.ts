/** 64-bit whole numbers as `hi · 10^6 + lo`, 0 ≤ lo < 10^6: see `Int64Column`. */

export const INT64_BASE = 1_000_000;
const BASE = 1_000_000n;
const MIN = -(1n << 63n);
const MAX = (1n << 63n) - 1n;

export function isInt64(value: bigint): boolean {
  return value >= MIN && value <= MAX;
}

export function bigintOf(hi: number, lo: number): bigint {
  return BigInt(hi) * BASE + BigInt(lo);
}

/** A number where that is exact, a bigint beyond. */
export function longOf(hi: number, lo: number): number | bigint {
  const value = hi * INT64_BASE + lo;
  return Number.isSafeInteger(value) ? value : bigintOf(hi, lo);
}

export function hiOf(value: number | bigint): number {
  if (typeof value === 'number') return Math.floor(value / INT64_BASE);
  const hi = value / BASE;
  return Number(value < 0n && value % BASE !== 0n ? hi - 1n : hi);
}

/** @param hi what {@link hiOf} gave for the value. */
export function loOf(value: number | bigint, hi: number): number {
  return typeof value === 'number' ? value - hi * INT64_BASE : Number(value - BigInt(hi) * BASE);
}

/** Negative, zero or positive as the first is less than, equal to or greater than the second; NaN when one is null. */
export function compareInt64(aHi: number, aLo: number, bHi: number, bLo: number): number {
  return aHi === bHi ? aLo - bLo : aHi - bHi;
}
