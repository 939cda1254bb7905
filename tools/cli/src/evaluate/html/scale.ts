/** A length to a tenth: as fine as can be seen, and short to write. */
export function tenth(length: number): number {
  return Math.round(10 * length) / 10;
}

/** A linear map from values to places in a drawing, to a tenth. */
export function scale(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): (value: number) => number {
  const width = to - from;
  return (value) => (width === 0 ? start : tenth(start + ((value - from) / width) * (end - start)));
}

/** Round numbers from `from` to `to`, about `count` of them: 1, 2 or 5 times a power of ten apart. */
export function ticks(from: number, to: number, count: number): number[] {
  const rough = (to - from) / count;
  if (!(rough > 0)) return [from];
  let unit = 1;
  while (unit > rough) unit /= 10;
  while (unit * 10 <= rough) unit *= 10;
  const step =
    [1, 2, 5, 10].map((times) => times * unit).find((candidate) => candidate >= rough * 0.999) ?? rough;
  const found: number[] = [];
  for (let k = Math.ceil(from / step - 1e-9); k * step <= to + step * 1e-9; k++) {
    found.push(Number((k * step).toPrecision(12)));
  }
  return found;
}
