import { createWriteStream, type WriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import type { Sensor } from '@hark/contracts';
import { CLASSIFIER_NAMES, classifierByName, DEFAULT_CLASSIFIER } from '@hark/models';
import { Option, type Command } from 'commander';
import { leaveOneUserOut } from '../evaluate/leave-one-user-out.js';
import { PrequentialRun } from '../evaluate/prequential-run.js';
import { leaveOneUserOutText, reportText } from '../evaluate/report-text.js';
import { eachWindow, type FinalWindow } from '../evaluate/window-source.js';
import { RejectedRows } from '../recording/rejected-rows.js';
import { Recording } from '../recording/recording.js';
import { InterruptedError, WorkFailedError } from '../terminal/failures.js';
import { Progress } from '../terminal/progress.js';
import { grouped } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { commaList, notNegative, sensor, wholeNumber } from './option-values.js';

interface EvaluateOptions {
  sensor?: Sensor;
  columns?: string[];
  classifier: string;
  protocol: 'prequential' | 'leave-one-user-out';
  labelEvery: number;
  labelDelay: number;
  json?: string;
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
    .option('--classifier <name>', `one of ${CLASSIFIER_NAMES.join(', ')}`, DEFAULT_CLASSIFIER)
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
    .option('--rejected <file>', 'write every refused row, with file, row and reason, as lines of JSON')
    .option('--predictions <file>', 'write every final prediction as a line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  hark evaluate Phones_accelerometer.csv Phones_gyroscope.csv
  hark evaluate recordings/ --protocol leave-one-user-out --json result.json
  hark evaluate recordings/ --label-every 10 --label-delay 60`,
    )
    .action((paths: string[], options: EvaluateOptions) => evaluate(paths, options, terminal));
}

async function evaluate(paths: string[], options: EvaluateOptions, terminal: Terminal): Promise<void> {
  classifierByName(options.classifier);
  const { sensor, columns } = options;
  const rejectedRows = new RejectedRows(terminal, options.rejected);
  const recording = await Recording.open(paths, { sensor, columns }, rejectedRows.add);
  const progress = new Progress(terminal, 'evaluating');
  const started = performance.now();
  try {
    const result =
      options.protocol === 'prequential'
        ? await prequential(recording, options, terminal, progress, started)
        : await byUser(recording, options, terminal, progress, started);
    progress.stop();
    if (recording.rows === 0) throw new WorkFailedError('no row could be read');
    const json = JSON.stringify(result.json, null, 2);
    if (options.json === '-') return terminal.out(json);
    if (options.json !== undefined) await writeFile(options.json, `${json}\n`);
    terminal.out(result.text);
  } finally {
    progress.stop();
    rejectedRows.close();
  }
}

interface Result {
  readonly json: Record<string, unknown>;
  readonly text: string;
}

async function prequential(
  recording: Recording,
  options: EvaluateOptions,
  terminal: Terminal,
  progress: Progress,
  started: number,
): Promise<Result> {
  const file = options.predictions === undefined ? null : createWriteStream(options.predictions);
  const run = new PrequentialRun(options.classifier, labelsOf(options), (bytes) => {
    file?.write(bytes);
    file?.write('\n');
  });
  let windows = 0;
  await eachWindow(recording, {}, (window) => {
    run.take(window);
    windows++;
    watch(recording, windows, terminal, progress);
  });
  if (file !== null) await ended(file);
  const { report, digest, version } = run.finish();
  const seconds = (performance.now() - started) / 1000;
  const common = commonOf(recording, report.windows, seconds);
  return {
    json: {
      ...common,
      ...report,
      protocol: 'prequential',
      classifier: options.classifier,
      modelVersion: version,
      digest,
    },
    text: reportText(report, { ...common, digest, classifier: options.classifier }),
  };
}

async function byUser(
  recording: Recording,
  options: EvaluateOptions,
  terminal: Terminal,
  progress: Progress,
  started: number,
): Promise<Result> {
  const windows: FinalWindow[] = [];
  await eachWindow(recording, {}, (window) => {
    windows.push(window);
    watch(recording, windows.length, terminal, progress);
  });
  const { cold, adapting, digest } = leaveOneUserOut(
    windows,
    options.classifier,
    labelsOf(options),
    (user, users) => {
      if (terminal.signal.aborted) throw new InterruptedError();
      progress.update((user - 1) / users, `user ${user} of ${users}`);
    },
  );
  const seconds = (performance.now() - started) / 1000;
  const common = commonOf(recording, adapting.windows, seconds);
  return {
    json: {
      ...common,
      ...adapting,
      protocol: 'leave-one-user-out',
      classifier: options.classifier,
      digest,
      cold,
      adapting,
    },
    text: leaveOneUserOutText(cold, adapting, { ...common, digest, classifier: options.classifier }),
  };
}

function watch(recording: Recording, windows: number, terminal: Terminal, progress: Progress): void {
  if (terminal.signal.aborted) throw new InterruptedError();
  const { bytesRead, totalBytes } = recording.progress;
  progress.update(bytesRead / totalBytes, `${grouped(recording.rows)} rows, ${grouped(windows)} windows`);
}

function commonOf(recording: Recording, windows: number, seconds: number) {
  const { rows, rejected } = recording;
  return { rows, rejected, seconds, windowsPerSecond: windows / seconds, rowsPerSecond: rows / seconds };
}

function labelsOf({ labelEvery, labelDelay }: EvaluateOptions) {
  return { every: labelEvery, delayMs: Math.round(labelDelay * 1000) };
}

async function ended(file: WriteStream): Promise<void> {
  file.end();
  await once(file, 'finish');
}
