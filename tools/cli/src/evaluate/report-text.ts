import type { EvaluationReport } from '@hark/models';
import { grouped, percent, renderTable } from '../terminal/table.js';

/** What is said beside the scores. */
export interface ReportContext {
  readonly rows: number;
  readonly rejected: number;
  readonly seconds: number;
  readonly rowsPerSecond: number;
  readonly windowsPerSecond: number;
  readonly classifier: string;
  readonly digest: string;
}

/** The result of a prequential evaluation as people read it. */
export function reportText(report: EvaluationReport, context: ReportContext): string {
  const { nonOverlapping, baselines } = report;
  return [
    renderTable(
      ['', ''],
      [
        ...counts(report, context),
        ...scores(report),
        [
          'non-overlapping windows',
          `${percent(nonOverlapping.accuracy)} of ${grouped(nonOverlapping.windows)}`,
        ],
        [
          'baselines',
          `most frequent ${percent(baselines.majority)}, no change ${percent(baselines.noChange)}`,
        ],
        ['model digest', context.digest],
      ],
    ).trimStart(),
    perClass(report),
    confusion(report),
  ].join('\n\n');
}

/** The result of leave-one-user-out as people read it. */
export function leaveOneUserOutText(
  cold: EvaluationReport,
  adapting: EvaluationReport,
  context: ReportContext,
): string {
  const row = (name: string, report: EvaluationReport): [string, string, string, string] => [
    name,
    percent(report.accuracy),
    report.kappa.toFixed(3),
    report.macroF1.toFixed(3),
  ];
  return [
    renderTable(['', ''], [...counts(adapting, context), ['model digest', context.digest]]).trimStart(),
    renderTable(
      ['a new user', 'accuracy', 'kappa', 'macro-F1'],
      [row('cold (model of the others, frozen)', cold), row('adapting (goes on learning)', adapting)],
    ),
    `Adapting:\n${perClass(adapting)}`,
    confusion(adapting),
  ].join('\n\n');
}

function counts(report: EvaluationReport, context: ReportContext): [string, string][] {
  const { rows, rejected, seconds, rowsPerSecond, windowsPerSecond, classifier } = context;
  return [
    ['rows', `${grouped(rows)}, ${grouped(rejected)} refused, ${grouped(rowsPerSecond)} a second`],
    [
      'windows',
      `${grouped(report.windows)} in ${seconds.toFixed(1)} s, ${grouped(windowsPerSecond)} a second`,
    ],
    ['labelled', `${grouped(report.labelled)}, ${grouped(report.unanswered)} of them without an answer`],
    ['classifier', classifier],
  ];
}

function scores(report: EvaluationReport): [string, string][] {
  return [
    ['accuracy', percent(report.accuracy)],
    ['kappa', `${report.kappa.toFixed(3)}, temporal ${report.kappaTemporal.toFixed(3)}`],
    ['macro-F1', report.macroF1.toFixed(3)],
  ];
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
