import type { EvaluationReport, PartReport } from '@hark/models';
import { grouped, percent } from '../../terminal/table.js';
import type { EvaluationResult } from '../evaluation-result.js';
import type { FusedReport } from '../fused-evaluation.js';
import type { Mark } from '../mark.js';
import { pointsText, pValueText } from '../report-words.js';
import { accuracyRange } from './accuracy-range.js';
import { confusionTable } from './confusion-table.js';
import { dataTable } from './data-table.js';
import { lineChart, type ChartLine } from './line-chart.js';
import { markup, type Markup } from './markup.js';
import { reliabilityDiagram } from './reliability-diagram.js';

/** Rows of the table that says what the plot of the scores shows. */
const SERIES_ROWS = 20;

/** All of one classifier: plots, and the tables that say the same. @param id prefix of ids, unique. */
export function resultSection(id: string, result: EvaluationResult): Markup {
  const { report, cold, fused, coldFused, marks } = result;
  return markup`${overTime(id, report, cold, marks)}
${cold === null ? scoresOf(id, report) : null}
${fusedTable(cold === null ? 'Devices of one user at once' : 'Devices of one user at once, adapting', fused)}
${fusedTable('Devices of one user at once, cold', coldFused)}
${
  cold === null
    ? null
    : markup`<h2>Adapting: goes on learning</h2>
${scoresOf(id, report)}
<h2>Cold: the model of the others, frozen</h2>
${scoresOf(`${id}-cold`, cold)}`
}`;
}

function overTime(
  id: string,
  { series, baselines }: EvaluationReport,
  cold: EvaluationReport | null,
  marks: readonly Mark[],
): Markup {
  const { at, span } = series;
  const adapting = cold === null ? '' : 'adapting ';
  const line = (name: string, style: string, values: readonly number[]): ChartLine => {
    return { name, style, at, values };
  };
  const accuracies = [
    line('no change', 'line-no-change', series.noChange),
    ...(cold === null ? [] : [line('cold accuracy', 'line-2', cold.series.accuracy)]),
    line(`${adapting}accuracy`, 'line-1', series.accuracy),
  ];
  const kappas = [
    line(`${adapting}kappa-temporal`, 'line-4', series.kappaTemporal),
    line(`${adapting}kappa`, 'line-1', series.kappa),
  ];
  const count = (kind: Mark['kind']) => marks.filter((mark) => mark.kind === kind).length;
  const episodes = count('drift') === 1 ? 'one drift' : `${count('drift')} drifts`;
  return markup`<h3>Accuracy of the last ${span} windows</h3>
${lineChart({
  id: `${id}-accuracy`,
  title: `Accuracy of the last ${span} windows`,
  description:
    `Accuracy against no change, which reaches ${percent(baselines.noChange)} over all; ${episodes} and ` +
    `${count('version')} versions are marked. The tables below have the numbers.`,
  lines: accuracies,
  marks,
  range: accuracyRange(accuracies),
  format: (value) => percent(value).replace('.0', ''),
})}
<h3>Kappa and kappa-temporal of the last ${span} windows</h3>
${lineChart({
  id: `${id}-kappa`,
  title: `Kappa and kappa-temporal of the last ${span} windows`,
  description:
    'Above 0: better than chance, and than repeating the last label. The table below has the numbers.',
  lines: kappas,
  marks: marks.filter(({ kind }) => kind === 'drift' || kind === 'recovered' || kind === 'user'),
  range: [Math.min(...kappas.flatMap(({ values }) => values)) < 0 ? -0.5 : 0, 1],
  format: (value) => value.toFixed(1),
})}
<details><summary>The plots as tables</summary>
${seriesTable(accuracies, kappas, span)}
${dataTable(
  'Alerts, versions and users',
  ['After', 'what', 'details'],
  marks.map((mark) => [`${grouped(mark.at)} windows`, mark.kind, mark.text]),
)}</details>`;
}

function seriesTable(
  accuracies: readonly ChartLine[],
  kappas: readonly ChartLine[],
  span: number,
): Markup | null {
  const { at } = accuracies[0];
  const step = Math.max(1, Math.ceil(at.length / SERIES_ROWS));
  const shown = at.flatMap((_, i) => ((at.length - 1 - i) % step === 0 ? [i] : []));
  return dataTable(
    `Scores of the last ${span} windows`,
    ['After', ...accuracies.map(({ name }) => name), ...kappas.map(({ name }) => name)],
    shown.map((i) => [
      `${grouped(at[i])} windows`,
      ...accuracies.map(({ values }) => percent(values[i])),
      ...kappas.map(({ values }) => values[i].toFixed(3)),
    ]),
  );
}

function scoresOf(id: string, report: EvaluationReport): Markup {
  const { calibration, perClass, perUser, perDevice, perModel } = report;
  return markup`<h3>Activities</h3>
${dataTable(
  'Precision, recall and F1 of each activity',
  ['Activity', 'precision', 'recall', 'F1', 'windows'],
  perClass.map((score) => [
    score.class,
    ...[score.precision, score.recall, score.f1].map((value) => value.toFixed(3)),
    grouped(score.support),
  ]),
)}
${confusionTable(report)}
<h3>Calibration</h3>
${reliabilityDiagram(`${id}-reliability`, calibration)}
<details><summary>The diagram as a table</summary>
${dataTable(
  'Windows by confidence',
  ['Confidence', 'windows', 'mean confidence', 'right'],
  calibration.bins
    .filter(({ windows }) => windows > 0)
    .map(({ from, to, windows, confidence, accuracy }) => [
      `${from.toFixed(2)} to ${to.toFixed(2)}`,
      ...[grouped(windows), percent(confidence), percent(accuracy)],
    ]),
)}</details>
<h3>Users and devices</h3>
${partTable(
  'user',
  perUser.map((part) => [part.user, part]),
)}
${partTable(
  'device model',
  perModel.map((part) => [part.model, part]),
)}
${partTable(
  'device',
  perDevice.map((part) => [part.device, part]),
)}`;
}

function fusedTable(caption: string, fused: FusedReport | null): Markup | null {
  if (fused === null || fused.accuracy === null) return null;
  const { windows, accuracy, alone } = fused;
  return dataTable(
    caption,
    ['Devices', 'windows', 'accuracy', 'together', 'p'],
    [
      ['together', grouped(windows), percent(accuracy), '', ''],
      ...alone.map(({ model, windows, accuracy, together: { difference, pValue } }) => [
        ...[
          `${model} alone`,
          grouped(windows),
          percent(accuracy),
          pointsText(difference),
          pValueText(pValue),
        ],
      ]),
    ],
  );
}

function partTable(of: string, parts: readonly (readonly [string, PartReport])[]): Markup | null {
  return dataTable(
    `Scores of each ${of}`,
    [
      ...[
        of.charAt(0).toUpperCase() + of.slice(1),
        'windows',
        'labelled',
        'accuracy',
        'no change',
        'most frequent',
      ],
      ...['kappa', 'kappa-temporal', 'macro-F1', 'calibration error'],
    ],
    parts.map(([name, part]) => [
      ...[name, grouped(part.windows), grouped(part.labelled), percent(part.accuracy)],
      ...[percent(part.baselines.noChange), percent(part.baselines.majority), part.kappa.toFixed(3)],
      ...[part.kappaTemporal.toFixed(3), part.macroF1.toFixed(3), percent(part.ece)],
    ]),
  );
}
