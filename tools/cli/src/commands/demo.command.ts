import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Simulation } from '@hark/simulator';
import type { Command } from 'commander';
import { LiveFeed } from '../demo/live-feed.js';
import { Narrator, REPORT_SECONDS } from '../demo/narrator.js';
import { asSent, SCENES, simulationOf, STORY, STORY_SETTINGS } from '../demo/story.js';
import { appLogLine } from '../launcher/app-log-line.js';
import { appSpec, isAppReady } from '../launcher/hark-apps.js';
import { freePort } from '../launcher/ports.js';
import { Supervisor } from '../launcher/supervisor.js';
import { connectLanPhone, networkUrl } from '../phone/connect-phone.js';
import { lanAccess } from '../phone/lan-access.js';
import { addressOf, APPS, portOf, type App } from '../service/addresses.js';
import { ServiceClient } from '../service/service-client.js';
import { tokenOf } from '../service/token.js';
import { paced } from '../simulate/pacing.js';
import { BatchJoiner, SampleSender } from '../simulate/sample-sender.js';
import { box } from '../terminal/box.js';
import type { Terminal } from '../terminal/terminal.js';
import { positive } from './option-values.js';

export function demoCommand(program: Command, terminal: Terminal): void {
  program
    .command('demo')
    .summary('see it work: the service with simulated devices, in a throw-away folder')
    .description(
      'Starts the service on a data folder of its own, plays twelve simulated phones and watches of six people into ' +
        'it in real time, and tells what happens: accuracy climbs from nothing, after 75 s they are all turned ' +
        'over and put into bags, drift is announced, the model recovers, a rollback and its undo are offered. The ' +
        'same story each time, told in three minutes. Ctrl-C ends it and removes the folder.',
    )
    .option('--seconds <n>', 'end by itself after this long', positive)
    .option('--lan', 'let phones of the local network join in, with tokens made for this run and a QR code')
    .addHelpText(
      'after',
      `
Examples:
  hark demo
  hark demo --lan
  HARK_GATEWAY_PORT=8080 hark demo --seconds 180`,
    )
    .action((options: { seconds?: number; lan?: true }) =>
      demo(options.seconds ?? Infinity, terminal, options.lan),
    );
}

async function demo(seconds: number, given: Terminal, isLan = false): Promise<void> {
  const lan = isLan ? lanAccess(given) : null;
  const terminal = lan?.terminal ?? given;
  const ending = new AbortController();
  const signal = AbortSignal.any([terminal.signal, ending.signal]);
  const data = await mkdtemp(join(tmpdir(), 'hark-demo-'));
  const remove = (): void => rmSync(data, { recursive: true, force: true });
  // Also when Ctrl-C is pressed twice.
  process.once('exit', remove);
  const environment = await demoEnvironment(data, terminal);
  const supervisor = new Supervisor({
    apps: APPS.map((app) => appSpec(app, environment)),
    onLine: (app, line) => terminal.log(appLogLine(app, line)),
    onEvent: (message) => terminal.log(message),
    isReady: (app, pid) => isAppReady(data, app as App, pid),
  });
  const aborted = new Promise<null>((resolve) =>
    signal.addEventListener('abort', () => resolve(null), { once: true }),
  );
  try {
    await Promise.race([supervisor.start(), aborted]);
    if (signal.aborted) return;
    const gateway = addressOf('gateway', environment);
    const network = lan === null ? null : { url: networkUrl(lan, environment), token: lan.token };
    terminal.out(await welcome(gateway, addressOf('ingest', environment), data, network));
    if (lan !== null) for (const line of await connectLanPhone(lan, environment)) terminal.out(line);
    if (seconds !== Infinity) setTimeout(() => ending.abort(), seconds * 1000).unref();
    const story = tell(gateway, addressOf('ingest', environment), signal, terminal, curlFor(isLan));
    const failure = await Promise.race([supervisor.failed, story]);
    ending.abort();
    await story;
    if (failure instanceof Error) throw failure;
  } finally {
    await supervisor.stop();
    remove();
    process.off('exit', remove);
    terminal.log('stopped, the data folder is removed');
  }
}

async function demoEnvironment(
  data: string,
  terminal: Terminal,
): Promise<Record<string, string | undefined>> {
  const environment: Record<string, string | undefined> = {
    HARK_LOG_LEVEL: 'warn',
    ...STORY_SETTINGS,
    ...terminal.environment,
    HARK_DATA: data,
  };
  const host = environment['HARK_HOST'] || '127.0.0.1';
  const taken = new Set<number>();
  for (const app of ['gateway', 'ingest', 'learner'] as const) {
    const wanted = portOf(app, environment);
    const port = wanted === 0 ? 0 : await freePort(wanted, host, taken);
    if (port !== wanted)
      terminal.log(`port ${wanted} is taken: ${app} listens on ${port === 0 ? 'another' : port}`);
    taken.add(port);
    environment[`HARK_${app.toUpperCase()}_PORT`] = String(port);
  }
  return environment;
}

/** How curl is called: with `--lan` nobody is let in without a token. */
function curlFor(isLan: boolean): string {
  return isLan ? 'curl -H "authorization: Bearer $HARK_TOKEN"' : 'curl';
}

async function welcome(
  gateway: string,
  ingest: string,
  data: string,
  network: { readonly url: string; readonly token: string } | null,
): Promise<string> {
  const docs = await fetch(`${gateway}/docs`).catch(() => null);
  await docs?.arrayBuffer();
  return box([
    'Hark is running with simulated devices',
    '',
    `Dashboard    ${gateway}/`,
    ...(network === null
      ? ['Phones       hark demo --lan lets them join in']
      : [`In network   ${network.url}/`, `Token        export HARK_TOKEN=${network.token}`]),
    `Subscribe    ${curlFor(network !== null)} -N '${gateway}/v1/events?channel=predictions'`,
    ...(docs?.ok ? [`API docs     ${gateway}/docs`] : []),
    `Send to      POST ${ingest}/v1/samples`,
    `Data folder  ${data} (removed at the end)`,
    'Stop         Ctrl-C',
  ]);
}

/** Plays the devices and tells what becomes of it, until aborted. */
async function tell(
  gateway: string,
  ingest: string,
  signal: AbortSignal,
  terminal: Terminal,
  curl: string,
): Promise<void> {
  const started = performance.now();
  const narrator = new Narrator(
    (line) => terminal.out(line),
    () => (performance.now() - started) / 1000,
    gateway,
    curl,
  );
  const token = tokenOf(terminal.environment);
  const subscriptions = [
    { channel: 'predictions', mode: 'update' as const, onNext: narrator.prediction },
    { channel: 'alerts', onNext: narrator.alert },
    { channel: 'models', onNext: narrator.model },
  ];
  const feed = new LiveFeed(gateway, subscriptions, token);
  const reports = setInterval(() => narrator.report(), REPORT_SECONDS * 1000);
  // Together and one request at a time: the order in the log, and so all that follows from it, is the same each time.
  const sender = new SampleSender(new ServiceClient(ingest, signal, { token, patienceMs: 30_000 }), 1);
  const joiner = new BatchJoiner();
  const scenes = [...SCENES];
  let step = 0;
  try {
    for await (const { afterMs, batch } of paced(new Simulation(simulationOf(Date.now())), 1, signal)) {
      const itsStep = Math.floor(afterMs / STORY.sendEveryMs);
      const due = itsStep === step ? null : joiner.rest();
      if (due !== null) sender.send(due);
      step = itsStep;
      const full = joiner.add(asSent(batch));
      if (full !== null) sender.send(full);
      while (scenes.length > 0 && scenes[0][0] * 1000 <= afterMs)
        narrator.announce(scenes.shift()?.[1] ?? '');
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(reports);
    narrator.report();
    feed.close();
  }
}
