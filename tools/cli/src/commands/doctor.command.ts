import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { isFree } from '../launcher/ports.js';
import { lastAttempts, renderAttempts, type DeviceAttempt } from '../phone/attempts.js';
import { connectPhone } from '../phone/connect-phone.js';
import { addressOf, APPS, dataFolderOf, portOf, runningApp } from '../service/addresses.js';
import { ServiceClient } from '../service/service-client.js';
import { tokenOf } from '../service/token.js';
import { WorkFailedError } from '../terminal/failures.js';
import { renderTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly found: string;
}

const LEAST_FREE_BYTES = 1 << 30;
/** A device's clock further off than this is a finding. */
const CLOCK_OFF_MS = 60_000;

export function doctorCommand(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .summary('check what the service needs here, and what devices have tried to send')
    .description(
      'Checks what the service needs on this machine: Node version, ports, disk, clocks. Of a running service it also ' +
        'shows what devices have tried to send, what became of it, and what to do about it. Exit code 1 when ' +
        'something is in the way.',
    )
    .option('--json', 'print the findings as JSON')
    .option('--qr', 'also show how a phone is connected, with a QR code')
    .action(async (options: { json?: true; qr?: true }) => {
      const findings = [
        nodeVersion(process.versions.node),
        ...(await ports(terminal)),
        await disk(terminal),
        reach(terminal),
      ];
      const ingest = ingestOf(terminal);
      const attempts = ingest === null ? [] : await attemptsOf(ingest, findings);
      if (ingest !== null) findings.push(clocks(attempts));
      if (options.json) terminal.out(JSON.stringify({ findings, connections: attempts }));
      else
        terminal.out(
          renderTable(
            ['check', '', 'found'],
            findings.map(({ check, ok, found }) => [check, ok ? 'ok' : 'NO', found]),
          ),
        );
      if (ingest !== null && !options.json) {
        terminal.out(renderAttempts(attempts));
        if (options.qr) for (const line of await connectPhone(ingest)) terminal.out(line);
      }
      if (findings.some(({ ok }) => !ok)) throw new WorkFailedError('something is in the way, see above');
    });
}

/** `^20.19 || >=22.12`, as in package.json. */
export function nodeVersion(version: string): Finding {
  const [major, minor] = version.split('.').map(Number);
  const ok = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  return {
    check: 'Node.js',
    ok,
    found: ok ? version : `${version}, needed is 20.19 or later, or 22.12 or later`,
  };
}

async function ports({ environment }: Terminal): Promise<Finding[]> {
  const data = dataFolderOf(environment);
  return Promise.all(
    APPS.map(async (app) => {
      const port = portOf(app, environment);
      const running = runningApp(data, app);
      const check = `port of ${app}`;
      if (running !== null)
        return { check, ok: true, found: `${running.port}, running as process ${running.pid}` };
      const free = port === 0 || (await isFree(port, environment['HARK_HOST'] || '127.0.0.1'));
      const found = free ? String(port) : `${port} is taken: set HARK_${app.toUpperCase()}_PORT to another`;
      return { check, ok: free, found };
    }),
  );
}

/** Who can reach the service, as it is set or runs. */
function reach({ environment }: Terminal): Finding {
  const running = runningApp(dataFolderOf(environment), 'ingest');
  const host = running?.host ?? (environment['HARK_HOST'] || '127.0.0.1');
  const isLoopback = /^(localhost|127\.|::1$)/.test(host);
  const found = isLoopback
    ? `${host}: this machine alone; \`hark start --lan\` lets phones in`
    : `${host}: whoever is in the network and has a token, unless a firewall or client isolation keeps them out`;
  return { check: 'reach', ok: true, found };
}

/** The ingest app, where it runs. */
function ingestOf({ environment, signal }: Terminal): ServiceClient | null {
  if (runningApp(dataFolderOf(environment), 'ingest') === null) return null;
  return new ServiceClient(addressOf('ingest', environment), signal, { token: tokenOf(environment) });
}

/** What devices have tried; why it can't be told becomes a finding. */
async function attemptsOf(ingest: ServiceClient, findings: Finding[]): Promise<readonly DeviceAttempt[]> {
  try {
    return await lastAttempts(ingest);
  } catch (error) {
    findings.push({ check: 'connections', ok: false, found: (error as Error).message });
    return [];
  }
}

/** Devices whose clock is far from that of this machine. */
function clocks(attempts: readonly DeviceAttempt[]): Finding {
  const off = attempts.filter(({ aheadMs }) => aheadMs !== null && Math.abs(aheadMs) > CLOCK_OFF_MS);
  const names = [...new Set(off.map(({ user, device }) => `${user ?? '?'} ${device ?? '?'}`))];
  const now = new Date().toISOString();
  return {
    check: 'clocks',
    ok: off.length === 0,
    found: off.length === 0 ? `${now} here, no device is more than a minute off` : `off: ${names.join(', ')}`,
  };
}

async function disk({ environment }: Terminal): Promise<Finding> {
  let folder = resolve(dataFolderOf(environment));
  for (;;) {
    const stats = await statfs(folder).catch(() => null);
    if (stats !== null) {
      const free = stats.bavail * stats.bsize;
      const found = `${(free / (1 << 30)).toFixed(1)} GiB free for ${folder}`;
      return { check: 'disk', ok: free >= LEAST_FREE_BYTES, found };
    }
    if (dirname(folder) === folder) return { check: 'disk', ok: false, found: `${folder} can't be read` };
    folder = dirname(folder);
  }
}
