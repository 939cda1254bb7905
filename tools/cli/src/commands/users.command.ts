import type { ErasureView } from '@hark/contracts';
import type { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressOf } from '../service/addresses.js';
import { ServiceClient } from '../service/service-client.js';
import { tokenOf } from '../service/token.js';
import { InterruptedError, UsageError, WorkFailedError } from '../terminal/failures.js';
import { Progress } from '../terminal/progress.js';
import { grouped } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { gatewayOptions, type GatewayOptions } from './service-urls.js';

interface EraseOptions extends GatewayOptions {
  yes?: true;
}

const POLL_MS = 200;
/** The gateway pauses while it writes the log anew. */
const PATIENCE_MS = 60_000;

export function usersCommand(program: Command, terminal: Terminal): void {
  const users = program
    .command('users')
    .summary('what is known of a user: erase it')
    .description('What is known of a user.')
    .addHelpText(
      'after',
      `
Examples:
  hark users erase a --yes`,
    );

  gatewayOptions(
    users
      .command('erase')
      .argument('<user>', 'the user, as in the samples')
      .description(
        'Erase all samples, windows, predictions and labels of a user. The model becomes what it would be had they ' +
          'never been there. The service pauses meanwhile; nothing brings the data back.',
      )
      .option('--yes', 'do it'),
  ).action((user: string, options: EraseOptions) => erase(user, options, terminal));
}

async function erase(user: string, options: EraseOptions, terminal: Terminal): Promise<void> {
  if (!options.yes) throw new UsageError(`nothing brings the data of ${user} back: say --yes to erase it`);
  const { environment, signal } = terminal;
  const client = new ServiceClient(options.url ?? addressOf('gateway', environment), signal, {
    token: tokenOf(environment),
    patienceMs: PATIENCE_MS,
  });
  const progress = new Progress(terminal, 'erasing');
  try {
    let view = await client.json<ErasureView>(`/v1/users/${encodeURIComponent(user)}`, { method: 'DELETE' });
    while (view.status === 'waiting' || view.status === 'running') {
      progress.update(view.progress, view.status);
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw new InterruptedError(`the erasure ${view.id} goes on`);
      view = await client.json<ErasureView>(`/v1/erasures/${view.id}`);
    }
    progress.stop();
    if (view.status === 'failed') throw new WorkFailedError(`nothing was erased: ${view.error}`);
    terminal.out(options.json ? JSON.stringify(view) : summary(view));
  } finally {
    progress.stop();
  }
}

function summary({ seconds, erased, proof }: ErasureView): string {
  return [
    `erased in ${(seconds ?? 0).toFixed(1)} s: ${grouped(erased?.windows ?? 0)} windows, ` +
      `rows in ${grouped(erased?.sampleRecords ?? 0)} records, ${grouped(erased?.otherRecords ?? 0)} other records`,
    proof?.occurrences === null || proof === null
      ? 'the name is too short to be looked for in the files'
      : `the name occurs ${proof.occurrences} times in the ${grouped(proof.bytesSearched)} bytes of the data folder`,
    `digest of the model ${proof?.modelDigest ?? 'none'}`,
  ].join('\n');
}
