import { FAULTS, Simulation, type Fault } from '@hark/simulator';
import { Option, type Command } from 'commander';
import { addressOf } from '../service/addresses.js';
import { ServiceClient } from '../service/service-client.js';
import { tokenOf } from '../service/token.js';
import { HharFiles } from '../simulate/hhar-files.js';
import { paced } from '../simulate/pacing.js';
import { BatchJoiner, SampleSender } from '../simulate/sample-sender.js';
import { InterruptedError } from '../terminal/failures.js';
import { Progress } from '../terminal/progress.js';
import { grouped } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { commaList, httpUrl, positive, speed, wholeNumber } from './option-values.js';

interface SimulateOptions {
  users: number;
  devices: number;
  minutes?: number;
  speed?: number | 'max';
  seed: number;
  faults: string[];
  bout: number;
  out?: string;
  url?: string;
  json?: true;
}

/** Minutes simulated at full speed, where nobody says how many. */
const USUAL_MINUTES = 10;
/** How long devices go on without a service: it may be started again meanwhile. */
const PATIENCE_MS = 120_000;

export function simulateCommand(program: Command, terminal: Terminal): void {
  program
    .command('simulate')
    .summary('play simulated phones and watches to the service, or into files')
    .description(
      'Devices as in HHAR (eight phones, four watches, users a to i), worn by people who move as people do: both ' +
        'sensors are read from one motion. To the service at real time until Ctrl-C, or, with --out, into HHAR CSV ' +
        'files at full speed. The same options give the same rows.',
    )
    .option('--users <n>', 'how many users', wholeNumber(1, 10_000), 9)
    .option('--devices <n>', "how many devices; the first twelve are HHAR's", wholeNumber(1, 100_000), 12)
    .option('--minutes <n>', `how long (default: until Ctrl-C; ${USUAL_MINUTES} at full speed)`, positive)
    .option('--speed <factor>', '1 is real time, max as fast as it goes (default: 1; max with --out)', speed)
    .option('--seed <n>', 'another number gives other people', wholeNumber(0), 1)
    .option('--faults <list>', `any of ${FAULTS.join(',')}`, commaList, [])
    .option('--bout <seconds>', 'mean length of one activity', positive, 60)
    .addOption(new Option('--out <folder>', 'write HHAR CSV files there').conflicts('url'))
    .option(
      '--url <url>',
      'the ingest app (default: as found in HARK_DATA, else http://127.0.0.1:3001)',
      httpUrl,
    )
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Faults:
  late   bursts of one sensor come 5 to 10 s late, a few beyond the watermark
  dup    about one row in a hundred comes twice
  skew   clocks are wrong as in HHAR, watches count from their boot
  gap    devices fall silent for a while
  drift  one device is turned over and moved, at half time or after 90 s

Examples:
  hark simulate --users 3 --devices 6
  hark simulate --minutes 30 --speed max --faults late,dup,skew --out recordings/`,
    )
    .action((options: SimulateOptions) => simulate(options, terminal));
}

async function simulate(options: SimulateOptions, terminal: Terminal): Promise<void> {
  const factor = options.speed ?? (options.out === undefined ? 1 : 'max');
  const minutes = options.minutes ?? (factor === 'max' ? USUAL_MINUTES : Infinity);
  const simulation = new Simulation({
    users: options.users,
    devices: options.devices,
    seed: options.seed,
    faults: options.faults as Fault[],
    boutSeconds: options.bout,
    durationSeconds: minutes * 60,
    // Files are the same each time; a service is to see the present, or what has just passed.
    ...(options.out === undefined && { startMs: Date.now() - (factor === 'max' ? minutes * 60_000 : 0) }),
  });
  const progress = new Progress(terminal, 'simulating');
  const started = performance.now();
  const deliveries = watched(paced(simulation, factor, terminal.signal), simulation, minutes, progress);
  try {
    const files =
      options.out === undefined
        ? await toService(deliveries, options, factor, terminal)
        : await toFiles(deliveries, options.out);
    progress.stop();
    if (terminal.signal.aborted && minutes !== Infinity) throw new InterruptedError();
    const { rows, duplicates, held, beyond } = simulation.counts;
    const seconds = (performance.now() - started) / 1000;
    if (options.json) {
      return terminal.out(
        JSON.stringify({ rows, duplicates, held, beyond, seconds, drift: simulation.drift, files }),
      );
    }
    terminal.out(`rows  ${grouped(rows)} in ${seconds.toFixed(1)} s, ${grouped(rows / seconds)} a second`);
    if (duplicates > 0) terminal.out(`twice ${grouped(duplicates)}`);
    if (held + beyond > 0)
      terminal.out(`late  ${grouped(held + beyond)}, ${grouped(beyond)} of them beyond 10 s`);
    for (const { device, atSeconds } of simulation.drift)
      terminal.out(`drift ${device} after ${atSeconds} s`);
    for (const file of files) terminal.out(`file  ${file}`);
  } finally {
    progress.stop();
  }
}

type Deliveries = ReturnType<typeof paced>;

async function* watched(
  deliveries: Deliveries,
  { counts }: Simulation,
  minutes: number,
  progress: Progress,
): Deliveries {
  for await (const delivery of deliveries) {
    yield delivery;
    progress.update(
      minutes === Infinity ? 0 : delivery.afterMs / 60_000 / minutes,
      `${grouped(counts.rows)} rows`,
    );
  }
}

async function toFiles(deliveries: Deliveries, folder: string): Promise<string[]> {
  const files = await HharFiles.create(folder);
  for await (const { batch } of deliveries) await files.write(batch);
  return files.close();
}

async function toService(
  deliveries: Deliveries,
  { url }: SimulateOptions,
  factor: number | 'max',
  terminal: Terminal,
): Promise<string[]> {
  const ingest = url ?? addressOf('ingest', terminal.environment);
  const sender = new SampleSender(
    new ServiceClient(ingest, terminal.signal, {
      token: tokenOf(terminal.environment),
      patienceMs: PATIENCE_MS,
      onAway: (reason) =>
        terminal.log(
          `waiting for the ingest app at ${ingest} (${reason}), ${PATIENCE_MS / 60_000} minutes at most`,
        ),
    }),
  );
  if (factor !== 'max') {
    for await (const { batch } of deliveries) sender.send(batch);
    // After Ctrl-C requests are cut off: what was under way may be lost, as with a device switched off.
    if (!terminal.signal.aborted) await sender.settle();
    return [];
  }
  const joiner = new BatchJoiner();
  for await (const { batch } of deliveries) {
    const full = joiner.add(batch);
    if (full !== null) await sender.post(full);
  }
  const rest = joiner.rest();
  if (rest !== null && !terminal.signal.aborted) await sender.post(rest);
  return [];
}
