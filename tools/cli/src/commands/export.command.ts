import { Option, type Command } from 'commander';
import { ExportFolder } from '../export/export-folder.js';
import { exportSession } from '../export/export-session.js';
import { exportTopic, EXPORTED_TOPICS, type ExportedTopic } from '../export/export-topic.js';
import { openFolder } from '../import/service-on-folder.js';
import { addressOf, dataFolderOf } from '../service/addresses.js';
import { ServiceClient } from '../service/service-client.js';
import { tokenOf } from '../service/token.js';
import { UsageError } from '../terminal/failures.js';
import { Progress } from '../terminal/progress.js';
import { grouped } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { commaList, httpUrl } from './option-values.js';

interface ExportOptions {
  out: string;
  format: 'parquet' | 'jsonl';
  partitionBy: string[];
  data?: string;
  url?: string;
  json?: true;
}

export function exportCommand(program: Command, terminal: Terminal): void {
  program
    .command('export')
    .argument('<what>', `${EXPORTED_TOPICS.join(', ')} or session`)
    .argument('[id]', 'of the session')
    .summary('predictions, windows or a session as Parquet or JSON lines')
    .description(
      'Writes final predictions, final windows or the samples of a session into a folder of Parquet files or JSON ' +
        'lines by day and user, in pieces that are there whole or not at all: it may be read meanwhile. Running it ' +
        'again goes on where it stopped, and adds what has come since; nothing comes twice. Predictions and windows ' +
        'are read from the data folder, also while the service runs; a session from the service.',
    )
    .requiredOption('--out <folder>', 'made when absent')
    .addOption(new Option('--format <name>', 'of the files').choices(['parquet', 'jsonl']).default('parquet'))
    .option('--partition-by <columns>', 'what the folders are by', commaList, ['day', 'user'])
    .option('--data <folder>', 'the data folder (default: HARK_DATA); for a session, of a stopped service')
    .option('--url <url>', 'the gateway, for a session (default: as found in HARK_DATA)', httpUrl)
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Examples:
  hark export predictions --out predictions/
  hark export windows --out windows/ --data /var/lib/hark
  hark export session 0123456789abcdef --out session/ --format jsonl
  duckdb -c "select User, activity, count(*) from read_parquet('predictions/**/*.parquet') group by all"`,
    )
    .action((what: string, id: string | undefined, options: ExportOptions) =>
      run(what, id, options, terminal),
    );
}

async function run(
  what: string,
  id: string | undefined,
  options: ExportOptions,
  terminal: Terminal,
): Promise<void> {
  const progress = new Progress(terminal, 'exporting');
  const onProgress = (share: number, rows: number): void => progress.update(share, `${grouped(rows)} rows`);
  const folder = await ExportFolder.open(options.out, {
    what: what === 'session' ? `session ${id}` : what,
    format: options.format,
    partitionBy: options.partitionBy,
  });
  try {
    let rows: number;
    if (what === 'session') {
      if (id === undefined) throw new UsageError('give the id of the session, as `hark sessions` lists it');
      rows = await fromService(options, terminal, (client) => exportSession(id, client, folder, onProgress));
    } else if ((EXPORTED_TOPICS as readonly string[]).includes(what)) {
      const data = options.data ?? dataFolderOf(terminal.environment);
      rows = await exportTopic(what as ExportedTopic, data, folder, terminal.signal, onProgress);
    } else throw new UsageError(`give ${EXPORTED_TOPICS.join(', ')} or session, not ${what}`);
    progress.stop();
    if (options.json) return terminal.out(JSON.stringify({ out: options.out, rows, pieces: folder.pieces }));
    const pieces = folder.pieces === 1 ? 'one piece' : `${folder.pieces} pieces`;
    terminal.out(`${grouped(rows)} rows more stand in ${options.out}, ${pieces} in all`);
  } finally {
    progress.stop();
  }
}

/** Asks the gateway that runs, or starts one on the data folder for as long as it takes. */
async function fromService<T>(
  { data, url }: ExportOptions,
  terminal: Terminal,
  work: (client: ServiceClient) => Promise<T>,
): Promise<T> {
  const opened = data === undefined ? null : await openFolder(data, ['gateway'], terminal);
  try {
    const { environment, signal } = terminal;
    const address = url ?? opened?.urls.gateway ?? addressOf('gateway', environment);
    return await work(new ServiceClient(address, signal, { token: opened?.token ?? tokenOf(environment) }));
  } finally {
    await opened?.stop();
  }
}
