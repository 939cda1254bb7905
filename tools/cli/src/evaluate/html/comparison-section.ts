import type { EvaluationReport } from '@hark/models';
import { percent } from '../../terminal/table.js';
import type { EvaluationResult, PairedReport } from '../evaluation-result.js';
import { pointsText, pValueText } from '../report-words.js';
import { accuracyRange } from './accuracy-range.js';
import { dataTable } from './data-table.js';
import { lineChart, type ChartLine } from './line-chart.js';
import { markup, type Markup } from './markup.js';

/** Lines that the style sheet can tell apart. */
const LINE_STYLES = 6;

/** Several classifiers on the same windows, side by side. */
export function comparisonSection(results: readonly EvaluationResult[]): Markup {
  const cold = results.flatMap((result) =>
    result.cold === null ? [] : [{ ...result, report: result.cold }],
  );
  const [{ classifier: first, report }] = results;
  const best = Math.max(...results.map((result) => result.report.accuracy));
  const line = ({ classifier, report: { series, accuracy } }: EvaluationResult, i: number): ChartLine => ({
    name: accuracy < best / 2 ? `${classifier} (below)` : classifier,
    style: `line-${(i % LINE_STYLES) + 1}`,
    at: series.at,
    values: series.accuracy,
  });
  const { at, noChange, span } = report.series;
  const lines = [...results.map(line), { name: 'no change', style: 'line-no-change', at, values: noChange }];
  // One that is far below, as the most frequent activity is, would press the others together.
  const shown = results.filter((result) => result.report.accuracy >= best / 2).map(line);
  return markup`<h2>Side by side</h2>
${cold.length === 0 ? null : scores('Cold: the model of the others, frozen', cold)}
${scores(cold.length === 0 ? 'Scores on the same windows' : 'Adapting: goes on learning', results)}
${cold.length === 0 ? null : paired(`Cold, against ${first}`, results, ({ coldAgainst }) => coldAgainst)}
${paired(`${cold.length === 0 ? 'Against' : 'Adapting, against'} ${first}`, results, ({ against }) => against)}
${lineChart({
  id: 'compared',
  title: `Accuracy of the last ${span} windows`,
  description:
    'A line for each classifier; one of less than half the best accuracy may lie below the plot. Their accuracies over all windows are in the table above.',
  lines,
  marks: [],
  range: accuracyRange(shown),
  format: (value) => percent(value).replace('.0', ''),
})}`;
}

function scores(caption: string, results: readonly EvaluationResult[]): Markup | null {
  const figures = (report: EvaluationReport) => [
    percent(report.accuracy),
    percent(report.nonOverlapping.accuracy),
    ...[report.kappa, report.kappaTemporal, report.macroF1].map((score) => score.toFixed(3)),
    percent(report.ece),
    percent(report.baselines.noChange),
    percent(report.baselines.majority),
  ];
  return dataTable(
    caption,
    [
      ...[
        'Classifier',
        'accuracy',
        'non-overlapping',
        'kappa',
        'kappa-temporal',
        'macro-F1',
        'calibration error',
      ],
      ...['no change', 'most frequent', 'µs a window'],
    ],
    results.map(({ classifier, report, microsecondsPerWindow }) => [
      classifier,
      ...figures(report),
      microsecondsPerWindow.toFixed(0),
    ]),
  );
}

function paired(
  caption: string,
  results: readonly EvaluationResult[],
  against: (result: EvaluationResult) => PairedReport | null,
): Markup | null {
  return dataTable(
    `${caption}: McNemar's test on the windows that both answered`,
    ['Classifier', 'difference', 'windows', 'it alone right', 'the first alone', 'p', 'p, non-overlapping'],
    results.flatMap((result) => {
      const pair = against(result);
      if (pair === null) return [];
      const { difference, windows, onlyARight, onlyBRight, pValue, nonOverlapping } = pair;
      const p = [pValueText(pValue), pValueText(nonOverlapping.pValue)];
      return [[result.classifier, pointsText(difference), windows, onlyBRight, onlyARight, ...p]];
    }),
  );
}
