import type { Sensor } from '@hark/contracts';
import { Option, type Command } from 'commander';
import { awaitPredictions } from '../import/await-predictions.js';
import { importRecording } from '../import/import-recording.js';
import { Producer } from '../import/producer.js';
import { openFolder } from '../import/service-on-folder.js';
import { Recording } from '../recording/recording.js';
import { RejectedRows } from '../recording/rejected-rows.js';
import { addressOf, type App } from '../service/addresses.js';
import { ServiceClient } from '../service/service-client.js';
import { tokenOf } from '../service/token.js';
import { WorkFailedError } from '../terminal/failures.js';
import { Progress } from '../terminal/progress.js';
import { grouped } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { commaList, httpUrl, notNegative, sensor } from './option-values.js';

interface ImportOptions {
  sensor?: Sensor;
  columns?: string[];
  url?: string;
  learnerUrl?: string;
  data?: string;
  wait?: true;
  patience: number;
  rejected?: string;
  json?: true;
}

export function importCommand(program: Command, terminal: Terminal): void {
  program
    .command('import')
    .argument(
      '<file...>',
      'recordings: HHAR CSV or JSON lines, also .gz, Sensor Logger zip or JSON, or a folder of them',
    )
    .summary("read recordings into the service's log")
    .description(
      'Reads recorded files into the log of the service, accelerometer and gyroscope woven together so that windows ' +
        'join both, and closes their windows at the end. The order within a file is kept. Running it again after it ' +
        'was cut off goes on where it stopped and adds nothing twice. Rows that can not be read are named here and ' +
        'counted; they are not sent, so the service keeps no dead letter of them.',
    )
    .option(
      '--sensor <name>',
      'accelerometer or gyroscope, where neither a column nor the file name says it',
      sensor,
    )
    .option('--columns <names>', 'column names of CSV files without a header line', commaList)
    .option(
      '--url <url>',
      'the ingest app (default: as found in HARK_DATA, else http://127.0.0.1:3001)',
      httpUrl,
    )
    .option('--learner-url <url>', 'the learner, for --wait (default: as found, else port 3002)', httpUrl)
    .addOption(
      new Option('--data <folder>', 'write into the data folder of a stopped service').conflicts([
        'url',
        'learnerUrl',
      ]),
    )
    .option('--wait', 'return when every window of it has been predicted')
    .option('--patience <seconds>', 'how long to go on trying while the service is away', notNegative, 60)
    .option('--rejected <file>', 'write every refused row, with file, row and reason, as lines of JSON')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Examples:
  hark import Phones_accelerometer.csv Phones_gyroscope.csv --wait
  hark import recordings/ --url http://127.0.0.1:3001
  hark import rows.csv.gz --sensor accelerometer --columns Index,Arrival_Time,Creation_Time,x,y,z,User,Model,Device,gt
  hark import recordings/ --data ./data`,
    )
    .action((paths: string[], options: ImportOptions) => run(paths, options, terminal));
}

async function run(paths: string[], options: ImportOptions, terminal: Terminal): Promise<void> {
  const { sensor, columns, data, wait } = options;
  const rejectedRows = new RejectedRows(terminal, options.rejected);
  const recording = await Recording.open(paths, { sensor, columns }, rejectedRows.add);
  const apps: App[] = wait ? ['ingest', 'learner'] : ['ingest'];
  const folder = data === undefined ? null : await openFolder(data, apps, terminal);
  const progress = new Progress(terminal, 'importing');
  try {
    const client = (app: 'ingest' | 'learner', given: string | undefined): ServiceClient =>
      new ServiceClient(given ?? folder?.urls[app] ?? addressOf(app, terminal.environment), terminal.signal, {
        token: folder?.token ?? tokenOf(terminal.environment),
        patienceMs: options.patience * 1000,
        onAway: (reason) => terminal.log(`${app} is away (${reason}): trying for ${options.patience} s`),
      });
    const ingest = client('ingest', options.url);
    const report = await importRecording(recording, new Producer(ingest, recording.identity), {
      onBatch: (rows) => {
        const { bytesRead, totalBytes } = recording.progress;
        progress.update(bytesRead / totalBytes, `${grouped(rows)} rows`);
      },
      onRefused: (message, rows) =>
        terminal.log(`the service refused ${grouped(rows)} rows of a batch: ${message}`),
    });
    if (wait) {
      await awaitPredictions(ingest, client('learner', options.learnerUrl), terminal.signal, (share) =>
        progress.update(share, 'predicting'),
      );
    }
    progress.stop();
    const { rows, resumed, rejected, rowsPerSecond, seconds } = report;
    if (options.json) {
      terminal.out(JSON.stringify(report));
    } else {
      const before = resumed > 0 ? `, ${grouped(resumed)} of them there already` : '';
      terminal.out(`rows      ${grouped(rows)}${before}`);
      terminal.out(`rejected  ${grouped(rejected)}`);
      terminal.out(`rows/s    ${grouped(rowsPerSecond)} in ${seconds.toFixed(1)} s`);
    }
    if (rows === 0) throw new WorkFailedError('nothing was imported: no row could be read');
  } finally {
    progress.stop();
    rejectedRows.close();
    await folder?.stop();
  }
}
