import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { isFree } from '../launcher/ports.js';
import { APPS, dataFolderOf, portOf, runningApp } from '../service/addresses.js';
import { WorkFailedError } from '../terminal/failures.js';
import { renderTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly found: string;
}

const LEAST_FREE_BYTES = 1 << 30;

export function doctorCommand(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .summary('check what the service needs here: Node version, ports, disk')
    .description('Checks what the service needs on this machine. Exit code 1 when something is in the way.')
    .option('--json', 'print the findings as JSON')
    .action(async (options: { json?: true }) => {
      const findings = [nodeVersion(process.versions.node), ...(await ports(terminal)), await disk(terminal)];
      if (options.json) terminal.out(JSON.stringify({ findings }));
      else
        terminal.out(
          renderTable(
            ['check', '', 'found'],
            findings.map(({ check, ok, found }) => [check, ok ? 'ok' : 'NO', found]),
          ),
        );
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
