import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReplaySpeed, ReplayView, Sensor } from '@hark/contracts';
import { InvalidArgumentError, type Command } from 'commander';
import { replayFiles, type FilesOptions } from '../replay/replay-files.js';
import { replayText, type ReplayResultView } from '../replay/replay-view.js';
import { ServiceClient } from '../service/service-client.js';
import { tokenOf } from '../service/token.js';
import { InterruptedError, UsageError, WorkFailedError } from '../terminal/failures.js';
import { Progress } from '../terminal/progress.js';
import { grouped } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { commaList, sensor, speed, version } from './option-values.js';
import { gatewayClient, gatewayOptions, type GatewayOptions } from './service-urls.js';

interface ReplayOptions extends GatewayOptions {
  speed: ReplaySpeed;
  model: number | 'current';
  learn?: true;
  loop?: true;
  start?: string;
  end?: string;
  sensor?: Sensor;
  columns?: string[];
  rejected?: string;
}

const SESSION = /^[0-9a-f]{16}$/;
const POLL_MS = 200;
/** A replay outlives a restart of the gateway: it is followed again when that is back. */
const PATIENCE_MS = 30_000;

export function replayCommand(program: Command, terminal: Terminal): void {
  gatewayOptions(
    program
      .command('replay')
      .argument('<session|file...>', 'the id of a recorded session, from `hark sessions`; or recordings')
      .summary('play a recorded session or a file again, beside live traffic')
      .description(
        'Plays a recorded session through a copy of the model and says what it predicts: nothing live is touched. ' +
          'Files (HHAR CSV or JSON lines, also .gz, or a folder of them) need no import: the version is asked of ' +
          'the service and answers here, with windows and confidence as the service has them by default. The same recording with the same version gives the same digest at any ' +
          'speed, from a file as from its session.',
      )
      .option('--speed <factor>', '1 is real time, max as fast as it goes', speed, 'max')
      .option('--model <version>', 'current, or a version such as v37', model, 'current')
      .option('--learn', 'let the copy go on learning')
      .option('--start <time>', 'from this event time on, ISO 8601 or nanoseconds')
      .option('--end <time>', 'until this event time')
      .option('--loop', 'again and again, until Ctrl-C')
      .option('--sensor <name>', 'of files where neither a column nor the name says it', sensor)
      .option('--columns <names>', 'column names of CSV files without a header line', commaList)
      .option('--rejected <file>', 'write every refused row of files, as lines of JSON'),
  )
    .addHelpText(
      'after',
      `
Examples:
  hark replay 9f3c0d1e2b4a5967
  hark replay 9f3c0d1e2b4a5967 --speed 4 --model v33
  hark replay Phones_accelerometer.csv Phones_gyroscope.csv --model v33`,
    )
    .action((what: string[], options: ReplayOptions) => replay(what, options, terminal));
}

async function replay(what: string[], options: ReplayOptions, terminal: Terminal): Promise<void> {
  const gateway = gatewayClient(options, terminal);
  const { learn = false, loop = false } = options;
  const asked = { ...options, learn, loop };
  const view: ReplayResultView = what.some((path) => existsSync(path))
    ? await replayFiles(what, asked, gateway, terminal)
    : await replaySession(sessionOf(what, options), asked, gateway, terminal);
  if (options.json) terminal.out(JSON.stringify(view));
  else terminal.out(replayText(view));
  if (view.status === 'failed')
    throw new WorkFailedError(`the replay failed: ${view.error ?? 'no reason given'}`);
}

/** @throws UsageError */
function sessionOf(what: readonly string[], { sensor, columns, rejected }: ReplayOptions): string {
  const stranger = what.find((each) => !SESSION.test(each));
  if (stranger !== undefined) {
    throw new UsageError(
      `${stranger}: there is no such file or folder, and it is no session id either ` +
        '(16 hex digits, see `hark sessions`)',
    );
  }
  if (what.length > 1) throw new UsageError('one session at a time');
  if (sensor !== undefined || columns !== undefined || rejected !== undefined) {
    throw new UsageError('--sensor, --columns and --rejected are for files');
  }
  return what[0];
}

async function replaySession(
  session: string,
  { speed, model, learn, loop, start, end }: FilesOptions,
  gateway: ServiceClient,
  terminal: Terminal,
): Promise<ReplayView> {
  const { id } = await gateway.post<{ readonly id: string }>('/v1/replays', {
    ...{ session, speed, model, learn, loop },
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
  });
  const progress = new Progress(terminal, 'replaying');
  try {
    return await ended(gateway, id, terminal, progress);
  } finally {
    progress.stop();
  }
}

/** Follows a replay to its end, through restarts of the gateway; stops it at Ctrl-C. */
async function ended(
  { url }: ServiceClient,
  id: string,
  terminal: Terminal,
  progress: Progress,
): Promise<ReplayView> {
  const token = tokenOf(terminal.environment);
  const gateway = new ServiceClient(url, terminal.signal, { token, patienceMs: PATIENCE_MS });
  try {
    for (;;) {
      const view = await gateway.json<ReplayView>(`/v1/replays/${id}`);
      if (view.status === 'ended' || view.status === 'failed') return view;
      progress.update(0, `${grouped(view.predictions)} predictions, at ${view.position ?? 'the start'}`);
      await sleep(POLL_MS, undefined, { signal: terminal.signal }).catch(() => undefined);
    }
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    // A client of its own: the other's requests have been cut off.
    const last = new ServiceClient(url, AbortSignal.timeout(2000), { token });
    await last.request(`/v1/replays/${id}`, { method: 'DELETE' }).catch(() => undefined);
    throw new InterruptedError('the replay is stopped');
  }
}

function model(text: string): number | 'current' {
  if (text === 'current') return text;
  try {
    return version(text);
  } catch {
    throw new InvalidArgumentError('Give current, or a version such as v37.');
  }
}
