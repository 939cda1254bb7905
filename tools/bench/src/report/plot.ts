import type { Figure } from '../figure.js';

const WIDTH = 860;
const LEFT = 420;
const BAR = 340;
const ROW = 22;
/** How far from what is asked a bar can tell: a tenth of it to ten times as good. */
const DECADES = 1;

/**
 * What was reached of what is asked, as SVG: a bar for each figure with an aim, to the right of the line when the aim
 * is reached, on a logarithmic scale; then a line for each series, what one unit of work costs as the work grows.
 */
export function plot(figures: readonly Figure[]): string {
  const aimed = figures.filter((figure) => Number.isFinite(goodness(figure)));
  const series = seriesOf(figures);
  const barsTo = 40 + aimed.length * ROW;
  const height = barsTo + 30 + Math.ceil(series.length / 2) * 170;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    `<text x="${LEFT + BAR / 2}" y="20" text-anchor="middle">misses | reaches its aim</text>`,
    ...aimed.map((figure, i) => bar(figure, 40 + i * ROW)),
    `<line x1="${LEFT + BAR / 2}" y1="28" x2="${LEFT + BAR / 2}" y2="${barsTo}" stroke="#333"/>`,
    ...series.map((each, i) =>
      chart(each, 20 + (i % 2) * (WIDTH / 2), barsTo + 30 + Math.floor(i / 2) * 170),
    ),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

/** How many times better than asked; below 1 it is missed. NaN where nothing is asked. */
export function goodness({ value, atLeast, atMost }: Figure): number {
  if (atLeast !== undefined) return value / atLeast;
  return atMost === undefined ? NaN : atMost / value;
}

function bar(figure: Figure, y: number): string {
  const times = goodness(figure);
  const length = (Math.max(-DECADES, Math.min(DECADES, Math.log10(times))) / DECADES) * (BAR / 2);
  const middle = LEFT + BAR / 2;
  const colour = times >= 1 ? '#2a7' : '#c63';
  const label = `${shown(figure.value)} ${figure.unit}`;
  return (
    `<text x="${LEFT - 8}" y="${y + 14}" text-anchor="end">${escape(short(figure.name))}</text>` +
    `<rect x="${middle + Math.min(0, length)}" y="${y + 3}" width="${Math.abs(length)}" height="${ROW - 7}" fill="${colour}"/>` +
    `<text x="${LEFT + BAR + 6}" y="${y + 14}">${escape(label)}</text>`
  );
}

interface Series {
  readonly name: string;
  readonly unit: string;
  readonly points: readonly (readonly [size: number, value: number])[];
}

/** Figures with a size, by their names without their numbers. */
function seriesOf(figures: readonly Figure[]): Series[] {
  const found = new Map<string, { name: string; unit: string; points: [number, number][] }>();
  for (const { name, unit, value, size } of figures) {
    if (size === undefined) continue;
    const common = name.replace(/\b\d[\d.]*/, 'N');
    const series = found.get(common) ?? { name: common, unit, points: [] };
    series.points.push([size, value]);
    found.set(common, series);
  }
  return [...found.values()].filter(({ points }) => points.length > 1);
}

function chart({ name, unit, points }: Series, x: number, y: number): string {
  const sizes = points.map(([size]) => Math.log10(size));
  const top = Math.max(...points.map(([, value]) => value));
  const span = Math.max(...sizes) - Math.min(...sizes);
  const at = ([size, value]: readonly [number, number]): string =>
    `${x + 10 + ((Math.log10(size) - Math.min(...sizes)) / span) * 340},${y + 130 - (value / top) * 100}`;
  const labels = points.map((point) => {
    const [px, py] = at(point).split(',');
    return `<circle cx="${px}" cy="${py}" r="3" fill="#36a"/><text x="${px}" y="${Number(py) - 6}" font-size="10">${shown(point[1])}</text>`;
  });
  return (
    `<text x="${x}" y="${y + 10}">${escape(name)}, ${escape(unit)}</text>` +
    `<line x1="${x}" y1="${y + 130}" x2="${x + 360}" y2="${y + 130}" stroke="#999"/>` +
    `<polyline points="${points.map(at).join(' ')}" fill="none" stroke="#36a" stroke-width="2"/>${labels.join('')}`
  );
}

/** A number as a reader wants it: three digits, or all before the point. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) >= 1000
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(3)));
}

function short(name: string): string {
  return name.length > 62 ? `${name.slice(0, 61)}…` : name;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
