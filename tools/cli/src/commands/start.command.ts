import { mkdirSync } from 'node:fs';
import type { Command } from 'commander';
import { appLogLine } from '../launcher/app-log-line.js';
import { appSpec, isAppReady, requireStopped } from '../launcher/hark-apps.js';
import { Supervisor } from '../launcher/supervisor.js';
import { connectLanPhone, networkUrl } from '../phone/connect-phone.js';
import { lanAccess } from '../phone/lan-access.js';
import { addressOf, APPS, dataFolderOf, type App } from '../service/addresses.js';
import type { Terminal } from '../terminal/terminal.js';

export function startCommand(program: Command, terminal: Terminal): void {
  program
    .command('start')
    .summary('run the three apps until Ctrl-C')
    .description(
      'Runs ingest, learner and gateway as processes of their own, starts again what dies, and ends them together. ' +
        'Everything is set by environment variables, see docs/configuration.md: data goes to HARK_DATA (./data).',
    )
    .option('--lan', 'let phones of the local network in, with tokens made for this run and a QR code')
    .addHelpText(
      'after',
      `
Examples:
  hark start
  hark start --lan
  HARK_DATA=/var/lib/hark HARK_GATEWAY_PORT=8080 hark start`,
    )
    .action(({ lan }: { lan?: true }) => start(terminal, lan));
}

async function start(given: Terminal, isLan = false): Promise<void> {
  const lan = isLan ? lanAccess(given) : null;
  const terminal = lan?.terminal ?? given;
  const { environment, signal } = terminal;
  const data = dataFolderOf(environment);
  requireStopped(data, APPS);
  const supervisor = new Supervisor({
    apps: APPS.map((app) => appSpec(app, environment)),
    onLine: (app, line) => terminal.log(appLogLine(app, line)),
    onEvent: (message) => terminal.log(message),
    isReady: (app, pid) => isAppReady(data, app as App, pid),
  });
  mkdirSync(data, { recursive: true });
  const interrupted = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null)));
  try {
    await Promise.race([supervisor.start(), interrupted]);
    if (signal.aborted) return;
    terminal.out(`gateway ${addressOf('gateway', environment)}`);
    terminal.out(`ingest  ${addressOf('ingest', environment)}`);
    terminal.out(`data    ${data}`);
    if (lan !== null) {
      terminal.out(`network ${networkUrl(lan, environment)}`);
      terminal.out(`token   ${lan.token}\n`);
      for (const line of await connectLanPhone(lan, environment)) terminal.out(line);
    }
    terminal.out('ready; Ctrl-C stops');
    const failure = await Promise.race([supervisor.failed, interrupted]);
    if (failure !== null) throw failure;
  } finally {
    await supervisor.stop();
  }
}
