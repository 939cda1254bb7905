import type { EvaluationReport, PartReport } from '@hark/models';
import { grouped, percent, renderTable, type Cell } from '../terminal/table.js';
import type { EvaluationResult, PairedReport } from './evaluation-result.js';
import type { FusedReport } from './fused-evaluation.js';
import { labelsGiven, NOTHING_SCORED, pValueText, pointsText } from './report-words.js';
import type { RunFigures } from './run-figures.js';

/** The result of one classifier as people read it. */
export function resultText(result: EvaluationResult, figures: RunFigures): string {
  const { report, cold } = result;
  if (report.labelled === report.unanswered) {
    return [
      renderTable(['', ''], counts(result, figures)).trimStart(),
      NOTHING_SCORED,
      `model digest  ${result.digest}`,
    ].join('\n\n');
  }
  return [
    renderTable(['', ''], [...counts(result, figures), ...(cold === null ? scores(report) : [])]).trimStart(),
    ...(cold === null ? [] : [newUser(cold, report)]),
    `${cold === null ? '' : 'Adapting:\n'}${perClass(report)}`,
    confusion(report),
    ...parts(report),
    ...together(result),
    `model digest  ${result.digest}`,
  ].join('\n\n');
}

/** Several classifiers on the same windows as people read them. */
export function comparisonText(results: readonly EvaluationResult[], figures: RunFigures): string {
  const [first] = results;
  const cold = results.flatMap((result) =>
    result.cold === null ? [] : [{ ...result, report: result.cold }],
  );
  return [
    renderTable(['', ''], [...volume(first, figures), ...baselines(first.report)]).trimStart(),
    ...(cold.length === 0
      ? [comparedScores(results)]
      : [
          `Cold (model of the others, frozen):\n${comparedScores(cold)}`,
          `Adapting (goes on learning):\n${comparedScores(results)}`,
        ]),
    ...(results.length === 1
      ? []
      : [
          `Against ${first.classifier}, on the windows that both answered (McNemar's test):`,
          ...(cold.length === 0
            ? [paired(results, ({ against }) => against)]
            : [
                `Cold:\n${paired(results, ({ coldAgainst }) => coldAgainst)}`,
                `Adapting:\n${paired(results, ({ against }) => against)}`,
              ]),
        ]),
    renderTable(
      ['model digest', ''],
      results.map(({ classifier, digest }) => [classifier, digest]),
    ),
  ].join('\n\n');
}

/** What several devices of one person do together. */
function together({ fused, coldFused }: EvaluationResult): string[] {
  if (fused === null) return [];
  if (fused.accuracy === null) return ['No windows of two devices of one user are of the same time.'];
  const rows = (name: string, { windows, accuracy, alone }: FusedReport): Cell[][] => [
    [name, windows, accuracy === null ? null : percent(accuracy), null, null],
    ...alone.map(({ model, windows, accuracy, together: { difference, pValue } }) => [
      ...[`  ${model} alone`, windows, percent(accuracy), pointsText(difference), pValueText(pValue)],
    ]),
  ];
  return [
    renderTable(
      ['devices of one user at once', 'windows', 'accuracy', 'together', 'p'],
      coldFused === null
        ? rows('together', fused)
        : [...rows('together, cold', coldFused), ...rows('together, adapting', fused)],
    ),
  ];
}

type Row = [string, string];

function volume({ report }: EvaluationResult, figures: RunFigures): Row[] {
  const { rows, rejected, seconds, rowsPerSecond, windowsPerSecond } = figures;
  return [
    ['rows', `${grouped(rows)}, ${grouped(rejected)} refused, ${grouped(rowsPerSecond)} a second`],
    [
      'windows',
      `${grouped(report.windows)} in ${seconds.toFixed(1)} s, ${grouped(windowsPerSecond)} a second`,
    ],
    ['labelled', `${grouped(report.labelled)}; learned from: ${labelsGiven(figures.labels)}`],
  ];
}

function counts(result: EvaluationResult, figures: RunFigures): Row[] {
  const { report, classifier, microsecondsPerWindow } = result;
  return [
    ...volume(result, figures),
    ['unanswered', `${grouped(report.unanswered)} of the labelled: no data, or nothing learned yet`],
    ['classifier', `${classifier}, ${microsecondsPerWindow.toFixed(0)} µs a window`],
  ];
}

function baselines({ baselines: { majority, noChange } }: PartReport): Row[] {
  return [['baselines', `most frequent ${percent(majority)}, no change ${percent(noChange)}`]];
}

function scores(report: EvaluationReport): Row[] {
  const { nonOverlapping, calibration, series } = report;
  const last = series.at.length - 1;
  const rows: Row[] = [
    ['accuracy', percent(report.accuracy)],
    ...baselines(report),
    ['kappa', `${report.kappa.toFixed(3)}, temporal ${report.kappaTemporal.toFixed(3)}`],
    ['macro-F1', report.macroF1.toFixed(3)],
    [
      'calibration error',
      `${percent(calibration.ece)} expected, ${percent(calibration.mce)} at most; Brier ${calibration.brier.toFixed(3)}`,
    ],
    ['non-overlapping windows', `${percent(nonOverlapping.accuracy)} of ${grouped(nonOverlapping.windows)}`],
  ];
  if (last >= 0 && series.at[last] > series.span) {
    const [accuracy, noChange] = [series.accuracy[last], series.noChange[last]];
    rows.push([`last ${series.span} windows`, `${percent(accuracy)}, no change ${percent(noChange)}`]);
  }
  return rows;
}

const SCORES = ['accuracy', 'non-overlapping', 'kappa', 'temporal', 'macro-F1', 'ECE'];

function scoresOf(report: EvaluationReport): string[] {
  return [
    percent(report.accuracy),
    percent(report.nonOverlapping.accuracy),
    ...[report.kappa, report.kappaTemporal, report.macroF1, report.ece].map((score) => score.toFixed(3)),
  ];
}

function newUser(cold: EvaluationReport, adapting: EvaluationReport): string {
  const { baselines } = adapting;
  return renderTable(
    ['a new user', ...SCORES],
    [
      ['cold (model of the others, frozen)', ...scoresOf(cold)],
      ['adapting (goes on learning)', ...scoresOf(adapting)],
      ['no change', percent(baselines.noChange), null, null, null, null, null],
      ['most frequent', percent(baselines.majority), null, null, null, null, null],
    ],
  );
}

function comparedScores(results: readonly EvaluationResult[]): string {
  return renderTable(
    ['classifier', ...SCORES, 'unanswered', 'µs a window'],
    results.map(({ classifier, report, microsecondsPerWindow }) => [
      classifier,
      ...scoresOf(report),
      report.unanswered,
      Math.round(microsecondsPerWindow),
    ]),
  );
}

function paired(
  results: readonly EvaluationResult[],
  against: (result: EvaluationResult) => PairedReport | null,
): string {
  return renderTable(
    ['classifier', 'difference', 'windows', 'it alone right', 'the first alone', 'p', 'p, non-overlapping'],
    results.flatMap((result): Cell[][] => {
      const pair = against(result);
      if (pair === null) return [];
      const { difference, windows, onlyARight, onlyBRight, pValue, nonOverlapping } = pair;
      const [p, pApart] = [pValueText(pValue), pValueText(nonOverlapping.pValue)];
      return [[result.classifier, pointsText(difference), windows, onlyBRight, onlyARight, p, pApart]];
    }),
  );
}

function perClass(report: EvaluationReport): string {
  return renderTable(
    ['activity', 'precision', 'recall', 'F1', 'windows'],
    report.perClass.map((score) => [
      score.class,
      score.precision.toFixed(3),
      score.recall.toFixed(3),
      score.f1.toFixed(3),
      score.support,
    ]),
  );
}

function confusion({ confusion: { classes, counts } }: EvaluationReport): string {
  return renderTable(
    ['true \\ predicted', ...classes],
    classes.map((name, truth) => [name, ...counts[truth]]),
  );
}

/** Users and device models, each where there is more than one. */
function parts({ perUser, perModel }: EvaluationReport): string[] {
  const table = (head: string, rows: readonly (readonly [string, PartReport])[]) =>
    rows.length < 2
      ? []
      : [
          renderTable(
            [
              head,
              'windows',
              'labelled',
              'accuracy',
              'no change',
              'most frequent',
              'kappa',
              'temporal',
              'ECE',
            ],
            rows.map(([name, part]) => [
              ...[name, part.windows, part.labelled, percent(part.accuracy)],
              ...[percent(part.baselines.noChange), percent(part.baselines.majority)],
              ...[part.kappa.toFixed(3), part.kappaTemporal.toFixed(3), part.ece.toFixed(3)],
            ]),
          ),
        ];
  return [
    ...table(
      'user',
      perUser.map((part) => [part.user, part]),
    ),
    ...table(
      'device model',
      perModel.map((part) => [part.model, part]),
    ),
  ];
}
