import { HarkClient } from '@hark/client';
import type { ReportRows, ReportStatus, ReportView, ReportProgress } from '@hark/contracts';
import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RejectedRows } from '../recording/rejected-rows.js';
import { Recording } from '../recording/recording.js';
import { historicalAggregate } from '../reports/historical-aggregate.js';
import { progressLine, progressTable, reportsTable, rowsTable } from '../reports/report-text.js';
import { storeTable } from '../reports/store-table.js';
import { watchReport } from '../reports/watch-report.js';
import { addressOf, dataFolderOf } from '../service/addresses.js';
import { tokenOf } from '../service/token.js';
import { UsageError } from '../terminal/failures.js';
import { Progress } from '../terminal/progress.js';
import { grouped } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { wholeNumber } from './option-values.js';
import { gatewayClient, gatewayOptions, type GatewayOptions } from './service-urls.js';

const pathOf = (name: string, rest = ''): string => `/v1/reports/${encodeURIComponent(name)}${rest}`;

export function reportsCommand(program: Command, terminal: Terminal): void {
  const reports = program
    .command('reports')
    .summary('continuous queries: list, show, watch, create, stop, restart, drop')
    .description('Continuous queries over samples, windows and predictions, as in Structured Streaming.')
    .addHelpText(
      'after',
      `
Examples:
  hark reports list
  hark reports watch activity_counts_10m_by_user
  hark reports create walking.json
  hark reports static historicalAgg Phones_accelerometer.csv`,
    );
  const named = (name: string, description: string): Command =>
    gatewayOptions(reports.command(name).argument('<name>', 'of the report').description(description));

  gatewayOptions(reports.command('list').description('all reports')).action(
    async (options: GatewayOptions) => {
      const answer = await gatewayClient(options, terminal).json<{ reports: ReportView[] }>('/v1/reports');
      if (options.json) return terminal.out(JSON.stringify(answer));
      if (answer.reports.length === 0)
        return terminal.out(
          'no reports: the service runs with HARK_REPORTS=none, or your token is not for all users',
        );
      terminal.out(reportsTable(answer.reports));
    },
  );

  named('show', 'the rows of a report')
    .option('--limit <n>', 'how many rows at most', wholeNumber(1, 10_000), 1000)
    .action(async (name: string, options: GatewayOptions & { limit: number }) => {
      const answer = await gatewayClient(options, terminal).json<ReportRows>(
        pathOf(name, `?limit=${options.limit}`),
      );
      if (options.json) return terminal.out(JSON.stringify(answer));
      const { schema, rows } = answer;
      if (rows.length === 0) return terminal.out('no rows yet');
      terminal.out(
        rowsTable(
          schema,
          rows.map((row) => schema.map((column) => row[column.name])),
        ),
      );
    });

  named('status', 'what a report is doing').action(async (name: string, options: GatewayOptions) => {
    const answer = await gatewayClient(options, terminal).json<ReportStatus>(pathOf(name, '/status'));
    terminal.out(options.json ? JSON.stringify(answer) : `${answer.state}: ${answer.message}`);
  });

  named('progress', 'its last 100 micro-batches').action(async (name: string, options: GatewayOptions) => {
    const answer = await gatewayClient(options, terminal).json<{ progress: ReportProgress[] }>(
      pathOf(name, '/progress'),
    );
    if (options.json) return terminal.out(JSON.stringify(answer));
    terminal.out(answer.progress.length === 0 ? progressLine(null) : progressTable(answer.progress));
  });

  named('watch', 'a report as it changes, until Ctrl-C; with --json its messages').action(
    (name: string, options: GatewayOptions) => watch(name, options, terminal),
  );

  gatewayOptions(
    reports
      .command('create')
      .argument('<file>', 'a spec as JSON; - is standard input')
      .description('begin a report')
      .option('--replace', 'change the logic of a report that runs, keeping its state where it fits'),
  ).action(async (file: string, options: GatewayOptions & { replace?: true }) => {
    const spec = readSpec(file);
    const body = { ...spec, ...(options.replace && { replace: true }) };
    const view = await gatewayClient(options, terminal).post<ReportView>('/v1/reports', body);
    terminal.out(options.json ? JSON.stringify(view) : `${view.name} is ${view.state}`);
  });

  for (const [change, description] of [
    ['stop', 'stop a report; its state is kept'],
    ['restart', 'let a report go on from its last step, after a stop, an end or a failure'],
  ] as const) {
    named(change, description).action(async (name: string, options: GatewayOptions) => {
      const view = await gatewayClient(options, terminal).post<ReportView>(pathOf(name, `/${change}`), {});
      terminal.out(options.json ? JSON.stringify(view) : `${view.name} is ${view.state}`);
    });
  }

  named('drop', 'drop a report with its state; files that it has written stay').action(
    async (name: string, options: GatewayOptions) => {
      const answer = await gatewayClient(options, terminal).json<{ name: string }>(pathOf(name), {
        method: 'DELETE',
      });
      terminal.out(options.json ? JSON.stringify(answer) : `${answer.name} is dropped`);
    },
  );

  reports
    .command('static')
    .argument('<name>', 'of the table: historicalAgg')
    .argument('<file...>', 'recordings: HHAR CSV or JSON lines, also .gz, or a folder of them')
    .description(
      'Computes the averages of recorded accelerometer rows by gt and Model, and stores them as a static table of the ' +
        'service: device_model_stats_joined looks them up.',
    )
    .option('--data <folder>', 'the data folder (default: HARK_DATA)')
    .option('--json', 'print the table as JSON')
    .action((name: string, files: string[], options: { data?: string; json?: true }) =>
      makeStatic(name, files, options, terminal),
    );
}

async function watch(name: string, options: GatewayOptions, terminal: Terminal): Promise<void> {
  const { environment, signal } = terminal;
  const token = tokenOf(environment);
  const url = options.url ?? addressOf('gateway', environment);
  const client = new HarkClient({ url, ...(token !== undefined && { token }) });
  try {
    // Says at once where there is no such report, or no service.
    await gatewayClient(options, terminal).json(pathOf(name, '?limit=1'));
    await watchReport(name, client.report(name, { snapshot: true, signal }), terminal, options.json === true);
  } finally {
    client.close();
  }
}

function readSpec(file: string): Record<string, unknown> {
  const text = readFileSync(file === '-' ? 0 : file, 'utf8');
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${(error as Error).message}`);
  }
}

async function makeStatic(
  name: string,
  files: string[],
  options: { data?: string; json?: true },
  terminal: Terminal,
): Promise<void> {
  if (name !== 'historicalAgg')
    throw new UsageError(
      'hark makes the table historicalAgg; put other tables into the folder static/ yourself',
    );
  const { environment } = terminal;
  const rejected = new RejectedRows(terminal, undefined);
  const recording = await Recording.open(files, { sensor: undefined, columns: undefined }, rejected.add);
  const progress = new Progress(terminal, 'reading');
  const rows = await historicalAggregate(recording, (share) => progress.update(share, ''));
  progress.stop();
  const data = options.data ?? dataFolderOf(environment);
  const path = await storeTable(environment['HARK_STATIC_DIR'] || join(data, 'static'), name, rows);
  if (options.json) return terminal.out(JSON.stringify({ path, rows }));
  terminal.out(`${grouped(rows.length)} groups of ${grouped(recording.rows)} rows stand in ${path}`);
}
