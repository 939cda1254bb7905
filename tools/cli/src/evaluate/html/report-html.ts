import { grouped, percent } from '../../terminal/table.js';
import type { EvaluationResult } from '../evaluation-result.js';
import { labelsGiven, NOTHING_SCORED } from '../report-words.js';
import type { RunFigures } from '../run-figures.js';
import { comparisonSection } from './comparison-section.js';
import { markup, Markup } from './markup.js';
import { REPORT_STYLE } from './report-style.js';
import { resultSection } from './result-section.js';
import { WORDS } from './words.js';

/** What was evaluated. */
export interface ReportSubject {
  readonly files: readonly string[];
  /** Each classifier with a sentence on it, or with the empty string. */
  readonly described: readonly (readonly [name: string, description: string])[];
}

/**
 * The results as one HTML file: no script, nothing from another host, light or dark as its reader has it, and fit to
 * print. What plots show stands in tables too.
 */
export function reportHtml(
  results: readonly EvaluationResult[],
  figures: RunFigures,
  subject: ReportSubject,
): string {
  const [first] = results;
  const names = results.map(({ classifier }) => classifier).join(', ');
  const several = results.length > 1;
  const scored = first.report.labelled > first.report.unanswered;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<title>Hark evaluation: ${names}</title>
<style>${new Markup(REPORT_STYLE)}</style>
</head>
<body>
<header>
<h1>Evaluation of ${names}</h1>
<p class="quiet">${protocolWords(figures)} ${grouped(figures.rows)} rows, ${grouped(first.report.windows)} windows,
of which ${grouped(first.report.labelled)} have a label.</p>
${several || !scored ? null : headline(first)}
</header>
<main>
${scored ? scoresOf(results) : markup`<p>${NOTHING_SCORED}</p>`}
${settings(results, figures, subject)}
<h2>How to read this</h2>
<dl class="words">${WORDS.map(([word, meaning]) => markup`<dt>${word}</dt><dd>${meaning}</dd>`)}</dl>
</main>
</body>
</html>
`.text;
}

function scoresOf([first, ...others]: readonly EvaluationResult[]): Markup {
  if (others.length === 0) return resultSection('r0', first);
  return markup`${comparisonSection([first, ...others])}
<h2>${first.classifier}</h2>
${headline(first)}
${resultSection('r0', first)}
${others.map(
  (result, i) => markup`<details><summary><h2>${result.classifier}</h2></summary>
${headline(result)}
${resultSection(`r${i + 1}`, result)}
</details>
`,
)}`;
}

function protocolWords({ protocol }: RunFigures): string {
  return protocol === 'prequential'
    ? 'Prequential: every window was predicted before its label was learned.'
    : 'Leave one user out: the model has learned from all other users before it meets each.';
}

function headline({ report, cold, microsecondsPerWindow }: EvaluationResult): Markup {
  const { baselines, nonOverlapping, calibration } = report;
  const beside = `no change ${percent(baselines.noChange)}, most frequent ${percent(baselines.majority)}`;
  return markup`<dl class="tiles">
${cold === null ? null : tile('Cold accuracy', percent(cold.accuracy), 'model of the others, frozen')}
${tile(cold === null ? 'Accuracy' : 'Adapting accuracy', percent(report.accuracy), beside)}
${tile('Non-overlapping', percent(nonOverlapping.accuracy), `of ${grouped(nonOverlapping.windows)} windows`)}
${tile('Kappa', report.kappa.toFixed(3), 'above chance')}
${tile('Kappa-temporal', report.kappaTemporal.toFixed(3), 'above repeating the last label')}
${tile('Macro-F1', report.macroF1.toFixed(3), 'every activity counts alike')}
${tile('Calibration error', percent(calibration.ece), `at most ${percent(calibration.mce)}, Brier ${calibration.brier.toFixed(3)}`)}
${tile('Cost', `${microsecondsPerWindow.toFixed(0)} µs`, 'to predict and learn a window')}
</dl>`;
}

function tile(name: string, value: string, beside: string): Markup {
  return markup`<div><dt>${name}</dt><dd>${value}<small>${beside}</small></dd></div>
`;
}

function settings(
  results: readonly EvaluationResult[],
  figures: RunFigures,
  { files, described }: ReportSubject,
): Markup {
  const { protocol, labels, rows, rejected, seconds, rowsPerSecond, windowsPerSecond } = figures;
  const entries: (readonly [string, string | Markup])[] = [
    ['Recordings', files.join(', ')],
    ['Protocol', protocol],
    ['Learned from', labelsGiven(labels)],
    ['Windows', '2.56 s long, one every 1.28 s, by the event time of each device'],
    ['Rows', `${grouped(rows)} read, ${grouped(rejected)} refused`],
    [
      'Speed',
      `${seconds.toFixed(1)} s in all: ${grouped(rowsPerSecond)} rows and ${grouped(windowsPerSecond)} windows a second`,
    ],
    ...described.map(([name, text]) => [`Classifier ${name}`, text === '' ? '–' : text] as const),
    ...results.map(
      ({ classifier, digest }) => [`Digest of ${classifier}`, markup`<code>${digest}</code>`] as const,
    ),
  ];
  return markup`<h2>Settings</h2>
<div class="wide"><table class="settings">
<caption>The digest is the same wherever the same answers were given, bit for bit.</caption>
<tbody>
${entries.map(
  ([name, value]) => markup`<tr><th scope="row">${name}</th><td>${value}</td></tr>
`,
)}</tbody></table></div>`;
}
