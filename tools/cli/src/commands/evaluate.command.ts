import { constants, createWriteStream, type WriteStream } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { once } from 'node:events';
import type { Sensor } from '@hark/contracts';
import { CLASSIFIER_NAMES, CLASSIFIER_SUMMARIES, DEFAULT_CLASSIFIER } from '@hark/models';
import { Option, type Command } from 'commander';
import { evaluateLeavingUsersOut, evaluatePrequentially } from '../evaluate/evaluate-recording.js';
import { EvaluationWatch } from '../evaluate/evaluation-watch.js';
import { TENSORFLOW_NETWORK, namedClassifiers } from '../evaluate/named-classifiers.js';
import { reportHtml } from '../evaluate/html/report-html.js';
import { resultJson } from '../evaluate/report-json.js';
import { comparisonText, resultText } from '../evaluate/report-text.js';
import type { RunFigures } from '../evaluate/run-figures.js';
import { RejectedRows } from '../recording/rejected-rows.js';
import { Recording } from '../recording/recording.js';
import { UsageError, WorkFailedError } from '../terminal/failures.js';
import type { Terminal } from '../terminal/terminal.js';
import { commaList, notNegative, sensor, wholeNumber } from './option-values.js';

const SUMMARIES: Readonly<Record<string, string>> = {
  ...CLASSIFIER_SUMMARIES,
  [TENSORFLOW_NETWORK]: "a small network on TensorFlow.js, with replay; the last bits are its backend's",
};

interface EvaluateOptions {
  sensor?: Sensor;
  columns?: string[];
  classifier: string;
  protocol: 'prequential' | 'leave-one-user-out';
  labelEvery: number;
  labelDelay: number;
  compare?: string[];
  json?: string;
  html?: string;
  predictions?: string;
  rejected?: string;
}

export function evaluateCommand(program: Command, terminal: Terminal): void {
  program
    .command('evaluate')
    .argument('<file...>', 'recordings: HHAR CSV or JSON lines, also .gz, or a folder of them')
    .summary('say how well recorded activities are recognised, offline')
    .description(
      'Reads recordings through the same steps as the service (dedupe, windows, features, predict, then learn) ' +
        'without one running, and says how well it went. Every window is predicted before its label is learned. ' +
        'Any activity name is taken. The digest is the same for the same files, in any order, on any machine.',
    )
    .option(
      '--sensor <name>',
      'accelerometer or gyroscope, where neither a column nor the file name says it',
      sensor,
    )
    .option('--columns <names>', 'column names of CSV files without a header line', commaList)
    .option('--classifier <name>', 'what recognises activities, see below', DEFAULT_CLASSIFIER)
    .addOption(
      new Option('--compare <names>', 'several classifiers on the same windows, each against the first')
        .argParser(commaList)
        .conflicts(['classifier', 'predictions']),
    )
    .addOption(
      new Option('--protocol <name>', 'predict then learn; or learn from all users but one, in turn')
        .choices(['prequential', 'leave-one-user-out'])
        .default('prequential'),
    )
    .option('--label-every <n>', 'learn from every n-th labelled window alone', wholeNumber(1), 1)
    .option(
      '--label-delay <seconds>',
      'labels arrive this much event time after their window',
      notNegative,
      0,
    )
    .option('--json <file>', 'write the result as JSON; - for standard output')
    .option('--html <file>', 'write a report with plots: one HTML file that needs nothing else')
    .option('--rejected <file>', 'write every refused row, with file, row and reason, as lines of JSON')
    .option('--predictions <file>', 'write every final prediction as a line of JSON')
    .addHelpText(
      'after',
      () => `
Classifiers:
${classifierHelp()}

Examples:
  hark evaluate Phones_accelerometer.csv Phones_gyroscope.csv
  hark evaluate recordings/ --protocol leave-one-user-out --json result.json
  hark evaluate recordings/ --label-every 10 --label-delay 60 --html report.html
  hark evaluate recordings/ --compare ${CLASSIFIER_NAMES.slice(0, 3).join(',')}`,
    )
    .action((paths: string[], options: EvaluateOptions) => evaluate(paths, options, terminal));
}

async function evaluate(paths: string[], options: EvaluateOptions, terminal: Terminal): Promise<void> {
  const names = options.compare ?? [options.classifier];
  if (names.length === 0) throw new UsageError('--compare names no classifier');
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new UsageError(`--compare names ${twice} twice`);
  const classifiers = await namedClassifiers(names);
  await mustBeWritable('--json', options.json);
  await mustBeWritable('--html', options.html);
  const { sensor, columns, protocol } = options;
  const labels = { every: options.labelEvery, delayMs: Math.round(options.labelDelay * 1000) };
  const rejectedRows = new RejectedRows(terminal, options.rejected);
  const recording = await Recording.open(paths, { sensor, columns }, rejectedRows.add);
  const predictions = options.predictions === undefined ? null : createWriteStream(options.predictions);
  const watch = new EvaluationWatch(terminal, recording);
  const started = performance.now();
  try {
    const evaluated = protocol === 'prequential' ? evaluatePrequentially : evaluateLeavingUsersOut;
    const results = await evaluated(
      recording,
      { classifiers, labels },
      {
        onWindow: watch.windows,
        onProgress: watch.share,
        onPrediction: (bytes) => {
          predictions?.write(bytes);
          predictions?.write('\n');
        },
      },
    );
    if (predictions !== null) await ended(predictions);
    watch.stop();
    const { rows, rejected } = recording;
    if (rows === 0) throw new WorkFailedError('no row could be read');
    const seconds = (performance.now() - started) / 1000;
    const { windows } = results[0].report;
    const figures: RunFigures = {
      ...{ protocol, labels, rows, rejected, seconds },
      ...{ rowsPerSecond: rows / seconds, windowsPerSecond: windows / seconds },
    };
    const json = resultJson(results, figures);
    if (options.html !== undefined) {
      const described = names.map((name) => [name, SUMMARIES[name] ?? ''] as const);
      await writeFile(options.html, reportHtml(results, figures, { files: paths, described }));
    }
    if (options.json === '-') return terminal.out(json);
    if (options.json !== undefined) await writeFile(options.json, `${json}\n`);
    terminal.out(
      options.compare === undefined ? resultText(results[0], figures) : comparisonText(results, figures),
    );
  } finally {
    watch.stop();
    rejectedRows.close();
  }
}

/** Refuses a file whose folder is not there before the work is done, not after. */
async function mustBeWritable(option: string, file: string | undefined): Promise<void> {
  if (file === undefined || (option === '--json' && file === '-')) return;
  const folder = dirname(resolve(file));
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!writable) throw new UsageError(`${option} ${file}: no file can be written in ${folder}`);
}

/** One line on each classifier. */
function classifierHelp(): string {
  const names = [...CLASSIFIER_NAMES, TENSORFLOW_NETWORK];
  const width = Math.max(...names.map((name) => name.length));
  return names.map((name) => `  ${name.padEnd(width)}  ${SUMMARIES[name] ?? ''}`.trimEnd()).join('\n');
}

async function ended(file: WriteStream): Promise<void> {
  file.end();
  await once(file, 'finish');
}
