import type { StoredDamage } from '@hark/streaming';
import { FileArtifactStore, LmdbLog, requireKnownFormats } from '@hark/streaming/adapters';
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolderOf } from '../service/addresses.js';
import { InterruptedError, UsageError, WorkFailedError } from '../terminal/failures.js';
import { Progress } from '../terminal/progress.js';
import { grouped } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { describeDifference } from '../verify/difference.js';
import { verifyLog, type Verification } from '../verify/verify-log.js';

interface VerifyCommandOptions {
  data?: string;
  json?: true;
}

/** What is stored is not what the log says it should be. */
export class VerificationError extends WorkFailedError {
  override readonly code = 'difference';
}

export function verifyCommand(program: Command, terminal: Terminal): void {
  program
    .command('verify')
    .summary('execute the stored log again and compare every prediction and version with it')
    .description(
      'Executes the stored log again, from its first record and with the settings of then, and says whether every ' +
        'stored window, prediction, alert and version of the model comes out bit for bit. Only reads; a service ' +
        'may be running on the folder: it is verified up to where it stands.',
    )
    .option('--data <folder>', 'the data folder (default: HARK_DATA, else ./data)')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Exit code 1 with the first difference: topic and offset, what is stored and what comes out. Damage that reading made up
for is counted and named, and is no difference; in JSON it is "damage".

Examples:
  hark verify
  hark verify --data ./data --json`,
    )
    .action((options: VerifyCommandOptions) => verify(options, terminal));
}

async function verify(options: VerifyCommandOptions, terminal: Terminal): Promise<void> {
  const folder = options.data ?? dataFolderOf(terminal.environment);
  if (!existsSync(join(folder, 'log'))) throw new UsageError(`${folder} holds no log`);
  const damage: StoredDamage[] = [];
  const log = new LmdbLog({ dir: join(folder, 'log'), onDamage: (found) => damage.push(found) });
  const progress = new Progress(terminal, 'verifying');
  const started = performance.now();
  try {
    requireKnownFormats(log);
    const result = await verifyLog({
      log,
      artifacts: new FileArtifactStore(join(folder, 'artifacts')),
      environment: terminal.environment,
      onProgress: (share, what) => progress.update(share, what),
      signal: terminal.signal,
    });
    progress.stop();
    const seconds = (performance.now() - started) / 1000;
    if (options.json) terminal.out(JSON.stringify({ ...result, damage, seconds }));
    else for (const line of lines(result, damage, seconds)) terminal.out(line);
    if (result.difference !== null) throw new VerificationError(describeDifference(result.difference));
  } catch (error) {
    throw terminal.signal.aborted ? new InterruptedError() : error;
  } finally {
    progress.stop();
    await log.close();
  }
}

function lines(result: Verification, damage: readonly StoredDamage[], seconds: number): string[] {
  return [...(result.same ? summary(result, seconds) : []), ...damageLines(damage)];
}

function summary(result: Verification, seconds: number): string[] {
  const { windows, predictions, alerts, modelEvents, artifacts, digest, provenFrom } = result;
  const from = Object.entries(provenFrom ?? {}).map(([topic, offset]) => `${topic}/${offset}`);
  return [
    `the same, bit for bit, in ${seconds.toFixed(1)} s:`,
    `${grouped(windows)} windows, ${grouped(predictions)} predictions, ${grouped(alerts)} alerts, ` +
      `${grouped(modelEvents)} model events, ${grouped(artifacts)} files`,
    `digest of the predictions ${digest}`,
    ...(from.length === 0
      ? []
      : [`the log was trimmed: executed again from ${from.join(', ')} on; what lies before is intact`]),
  ];
}

/** Places named; of more there is a count, and all of them in JSON. */
const NAMED_PLACES = 10;

/** What was read as it had been, though it is stored otherwise. Nothing is written: it stays damaged. */
function damageLines(damage: readonly StoredDamage[]): string[] {
  if (damage.length === 0) return [];
  const more = damage.length - NAMED_PLACES;
  return [
    `${grouped(damage.length)} damaged ${damage.length === 1 ? 'place' : 'places'}, made up for while reading:`,
    ...damage.slice(0, NAMED_PLACES).map(({ what, instead }) => `  ${what}: ${instead}`),
    ...(more > 0 ? [`  and ${grouped(more)} more`] : []),
  ];
}
