/** What stands where there is no number. */
export const NONE = '–';

/** `0.913` → `91 %`; with `digits` 1, `91.3 %`. */
export function percent(share: number | null | undefined, digits = 0): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return NONE;
  return `${(100 * share).toFixed(digits)} %`;
}

/** `18204` → `18 204`, with a space that does not break. */
export function whole(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  return Math.round(value)
    .toString()
    .replaceAll(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** Three figures at most: `1234` → `1.23 k`, `56.7`, `0.12`. */
export function short(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  if (size >= 999_500) return `${trimmed(value / 1_000_000)} M`;
  if (size >= 999.5) return `${trimmed(value / 1000)} k`;
  return trimmed(value);
}

/** A difference with its sign: `+3.2`, `−0.4`, `±0`. */
export function signed(value: number, digits = 1): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return '±0';
  return `${value > 0 ? '+' : '\u2212'}${text}`;
}

function trimmed(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}
