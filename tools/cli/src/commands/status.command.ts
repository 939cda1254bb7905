import type { Command } from 'commander';
import { addressOf, APPS, type App } from '../service/addresses.js';
import { ServiceAwayError, ServiceClient } from '../service/service-client.js';
import { tokenOf } from '../service/token.js';
import { WorkFailedError } from '../terminal/failures.js';
import { grouped, percent, renderTable, type Cell } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

/** The parts of the status pages that are shown. */
interface Status {
  readonly version?: string;
  readonly pid?: number;
  readonly ready?: boolean;
  readonly startedAt?: string;
  readonly windower?: { readonly lagRecords: number };
  readonly learner?: { readonly lagRecords: number };
  readonly devices?: readonly Readonly<Record<string, unknown>>[];
  readonly model?: ModelStatus;
  /** Of several learners, of each partition that this one works. */
  readonly models?: readonly (ModelStatus & { readonly partition: number })[];
}

interface ModelStatus {
  readonly version: number;
  readonly learning: boolean;
  readonly windows: { readonly learned: number };
  readonly scores: { readonly recent: { readonly windows: number; readonly accuracy: number } };
  readonly drift: { readonly stage: string };
}

export function statusCommand(program: Command, terminal: Terminal): void {
  program
    .command('status')
    .summary('how the three apps fare')
    .description('Asks the three apps how they fare. Exit code 1 when one does not answer or is not ready.')
    .option('--json', 'print the status pages as JSON')
    .addHelpText('after', '\nExamples:\n  hark status\n  HARK_DATA=/var/lib/hark hark status --json')
    .action((options: { json?: true }) => status(options, terminal));
}

async function status(options: { json?: true }, terminal: Terminal): Promise<void> {
  const { environment, signal } = terminal;
  const token = tokenOf(environment);
  const found = await Promise.all(
    APPS.map(async (app): Promise<[App, Status | null]> => {
      const client = new ServiceClient(addressOf(app, environment), signal, { token });
      return [app, await client.json<Status>('/v1/status').catch(nullWhenAway)];
    }),
  );
  const pages = new Map(found);
  if (options.json) {
    terminal.out(JSON.stringify(Object.fromEntries(pages)));
  } else {
    terminal.out(
      renderTable(
        ['app', 'address', 'state', 'process', 'since', 'lag'],
        found.map(([app, page]) => [
          app,
          addressOf(app, environment),
          page === null ? 'away' : page.ready ? 'ready' : 'not ready',
          page?.pid ?? null,
          page?.startedAt ?? null,
          page?.windower?.lagRecords ?? page?.learner?.lagRecords ?? null,
        ]),
      ),
    );
    const { model, models = [] } = pages.get('learner') ?? {};
    if (model !== undefined) terminal.out(`\n${modelLine(model)}`);
    if (models.length > 0)
      terminal.out(`\n${models.map((each) => `partition ${each.partition}: ${modelLine(each)}`).join('\n')}`);
    const devices = pages.get('ingest')?.devices ?? [];
    if (devices.length > 0) terminal.out(`\n${deviceTable(devices)}`);
  }
  const missing = found.filter(([, page]) => page?.ready !== true).map(([app]) => app);
  if (missing.length > 0) throw new WorkFailedError(`${missing.join(', ')}: away or not ready`);
}

function nullWhenAway(error: unknown): null {
  if (error instanceof ServiceAwayError) return null;
  throw error;
}

function modelLine({ version, learning, windows, scores, drift }: ModelStatus): string {
  const { recent } = scores;
  const accuracy =
    recent.windows === 0 ? 'nothing scored yet' : `${percent(recent.accuracy)} of the last ${recent.windows}`;
  return (
    `model v${version}, learning ${learning ? 'on' : 'off'}, ${grouped(windows.learned)} windows learned, ` +
    `accuracy ${accuracy}, drift: ${drift.stage}`
  );
}

const COUNTS = ['accepted', 'windowed', 'late', 'duplicates', 'quarantined', 'open'];

function deviceTable(devices: NonNullable<Status['devices']>): string {
  return renderTable(
    ['user', 'device', 'model', ...COUNTS],
    devices.map((device) =>
      ['user', 'device', 'model', ...COUNTS].map((name) => (device[name] ?? null) as Cell),
    ),
  );
}
