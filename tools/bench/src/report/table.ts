import { reaches, type Figure } from '../figure.js';
import { shown } from './plot.js';

/** One line a figure: name, value, what was asked, ratio, cost. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    `${shown(figure.value)} ${figure.unit}`,
    aimOf(figure),
    figure.ratio === undefined ? '' : `${figure.ratio.toFixed(2)} × ${figure.reference}`,
    costOf(figure),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) => row.map((cell, i) => (i === 1 ? cell.padStart(widths[1]) : cell.padEnd(widths[i] ?? 0))))
    .map((row) => `${row.join('  ').trimEnd()}\n`)
    .join('');
}

function aimOf(figure: Figure): string {
  const { atLeast, atMost } = figure;
  if (atLeast === undefined && atMost === undefined) return '';
  const asked = atLeast !== undefined ? `≥ ${shown(atLeast)}` : `≤ ${shown(atMost as number)}`;
  return `${reaches(figure) === true ? 'reaches' : 'misses '} ${asked}`;
}

function costOf({ cpuSeconds, peakMegabytes }: Figure): string {
  const parts = [
    cpuSeconds === undefined ? null : `${shown(cpuSeconds)} s of CPU`,
    peakMegabytes === undefined ? null : `${shown(peakMegabytes)} MB at most`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}
