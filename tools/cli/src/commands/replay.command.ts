import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, type Command } from 'commander';
import type { ServiceClient } from '../service/service-client.js';
import { InterruptedError, UsageError, WorkFailedError } from '../terminal/failures.js';
import { Progress } from '../terminal/progress.js';
import { grouped, percent, renderTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { speed, version } from './option-values.js';
import { gatewayClient, gatewayOptions, type GatewayOptions } from './service-urls.js';

interface ReplayOptions extends GatewayOptions {
  speed: number | 'max';
  model: number | 'current';
  learn?: true;
  loop?: true;
  start?: string;
  end?: string;
}

interface ReplayView {
  readonly id: string;
  readonly model: number;
  readonly status: 'playing' | 'paused' | 'ended' | 'failed';
  readonly position: string | null;
  readonly effectiveSpeed: number | null;
  readonly predictions: number;
  readonly labelled: number;
  readonly accuracy: number | null;
  readonly digest: string;
  readonly error: string | null;
}

const SESSION = /^[0-9a-f]{16}$/;
const POLL_MS = 200;

export function replayCommand(program: Command, terminal: Terminal): void {
  gatewayOptions(
    program
      .command('replay')
      .argument('<session>', 'the id of a recorded session, from `hark sessions`')
      .summary('play a recorded session again, beside live traffic')
      .description(
        'Plays a recorded session through a copy of the model and says what it predicts: nothing live is touched. ' +
          'The same session with the same version gives the same digest at any speed. A file is to be imported ' +
          'first (`hark import`, `hark sessions`); `hark evaluate` reads files without a service.',
      )
      .option('--speed <factor>', '1 is real time, max as fast as it goes', speed, 'max')
      .option('--model <version>', 'current, or a version such as v37', model, 'current')
      .option('--learn', 'let the copy go on learning')
      .option('--start <time>', 'from this event time on, ISO 8601 or nanoseconds')
      .option('--end <time>', 'until this event time')
      .option('--loop', 'again and again, until Ctrl-C'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  hark replay 9f3c0d1e2b4a5967\n  hark replay 9f3c0d1e2b4a5967 --speed 4 --model v33',
    )
    .action((session: string, options: ReplayOptions) => replay(session, options, terminal));
}

async function replay(session: string, options: ReplayOptions, terminal: Terminal): Promise<void> {
  if (!SESSION.test(session)) {
    throw new UsageError(
      `${session} is no session id (16 hex digits, see \`hark sessions\`); a file is to be imported first: ` +
        '`hark import`, or evaluated without a service: `hark evaluate`',
    );
  }
  const { speed, model, learn = false, loop = false, start, end } = options;
  const gateway = gatewayClient(options, terminal);
  const { id } = await gateway.post<ReplayView>('/v1/replays', {
    ...{ session, speed, model, learn, loop },
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
  });
  const progress = new Progress(terminal, 'replaying');
  let view: ReplayView;
  try {
    view = await ended(gateway, id, terminal, progress);
  } finally {
    progress.stop();
  }
  if (options.json) terminal.out(JSON.stringify(view));
  else terminal.out(summary(view));
  if (view.status === 'failed')
    throw new WorkFailedError(`the replay failed: ${view.error ?? 'no reason given'}`);
}

/** Follows a replay to its end; stops it at Ctrl-C. */
async function ended(
  gateway: ServiceClient,
  id: string,
  terminal: Terminal,
  progress: Progress,
): Promise<ReplayView> {
  for (;;) {
    if (terminal.signal.aborted) {
      await fetch(`${gateway.url}/v1/replays/${id}`, { method: 'DELETE' }).catch(() => undefined);
      throw new InterruptedError('the replay is stopped');
    }
    const view = await gateway.json<ReplayView>(`/v1/replays/${id}`);
    if (view.status === 'ended' || view.status === 'failed') return view;
    progress.update(0, `${grouped(view.predictions)} predictions, at ${view.position ?? 'the start'}`);
    await sleep(POLL_MS, undefined, { signal: terminal.signal }).catch(() => undefined);
  }
}

function summary({ model, predictions, labelled, accuracy, effectiveSpeed, digest }: ReplayView): string {
  return renderTable(
    ['', ''],
    [
      ['predictions', grouped(predictions)],
      ['accuracy', accuracy === null ? null : `${percent(accuracy)} of ${grouped(labelled)} labelled`],
      ['model', `v${model}`],
      ['speed', effectiveSpeed === null ? null : `${effectiveSpeed.toFixed(1)} times real time`],
      ['digest', digest],
    ],
  ).trimStart();
}

function model(text: string): number | 'current' {
  if (text === 'current') return text;
  try {
    return version(text);
  } catch {
    throw new InvalidArgumentError('Give current, or a version such as v37.');
  }
}
