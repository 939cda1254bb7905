import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RestartBudget } from './restart-budget.js';
import { AppFailedError, Supervisor } from './supervisor.js';

let folder: string;
let supervisors: Supervisor[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hark-supervisor-test-'));
  supervisors = [];
});
afterEach(async () => {
  await Promise.all(supervisors.map((supervisor) => supervisor.stop()));
  rmSync(folder, { recursive: true, force: true });
});

/** Says that it is ready by a file named for its process, and ends as the real apps do. */
const READY = `
  import { writeFileSync } from 'node:fs';
  writeFileSync(process.env.FOLDER + '/' + process.env.NAME + '.' + process.pid, '');
  process.stdin.on('end', () => process.exit(0)).resume();
  process.on('SIGTERM', () => { console.log('bye'); process.exit(0); });`;

function app(name: string, program: string) {
  const script = join(folder, `${name}.mjs`);
  writeFileSync(script, program);
  return { name, script, environment: { FOLDER: folder, NAME: name, PATH: process.env['PATH'] } };
}

function supervise(
  apps: ReturnType<typeof app>[],
  options: Partial<ConstructorParameters<typeof Supervisor>[0]> = {},
) {
  const lines: string[] = [];
  const events: string[] = [];
  const supervisor = new Supervisor({
    apps,
    onLine: (name, line) => lines.push(`${name}: ${line}`),
    onEvent: (message) => events.push(message),
    isReady: (name, pid) => Promise.resolve(existsSync(join(folder, `${name}.${pid}`))),
    restarts: () => new RestartBudget(3, 60_000, 1),
    ...options,
  });
  supervisors.push(supervisor);
  return { supervisor, lines, events };
}

const pidsOf = (name: string): number[] =>
  readdirSync(folder)
    .filter((file) => new RegExp(`^${name}\\.\\d+$`).test(file))
    .map((file) => Number(file.split('.')[1]));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !condition(); i++) await sleep(10);
  expect(condition()).toBe(true);
}

describe('Supervisor', () => {
  it('resolves when all apps are ready, and leaves none behind when it stops', async () => {
    const { supervisor, lines, events } = supervise([app('one', READY), app('two', READY)]);
    await supervisor.start();
    const pids = [...pidsOf('one'), ...pidsOf('two')];
    expect(pids).toHaveLength(2);
    expect(pids.every(isAlive)).toBe(true);
    await supervisor.stop();
    expect(pids.some(isAlive)).toBe(false);
    expect(lines.sort()).toEqual(['one: bye', 'two: bye']);
    expect(events).toEqual([]);
  });

  it('tells Node to keep the young generation of an app small', async () => {
    const says = `${READY} console.log(process.execArgv.join(' '));`;
    const { supervisor, lines } = supervise([app('one', says)]);
    await supervisor.start();
    await until(() => lines.length > 0);
    expect(lines).toEqual(['one: --max-semi-space-size=8']);
  });

  it('starts an app again that died, and says so', async () => {
    const { supervisor, events } = supervise([app('one', READY)]);
    await supervisor.start();
    process.kill(pidsOf('one')[0], 'SIGKILL');
    await until(() => pidsOf('one').length === 2 && pidsOf('one').some(isAlive));
    expect(events).toEqual(['one was ended by SIGKILL, started again in 0.001 s']);
  });

  it('gives up on an app that dies again and again', async () => {
    const { supervisor } = supervise([app('one', `${READY}; setTimeout(() => process.exit(7), 150);`)]);
    await supervisor.start();
    const failure = await supervisor.failed;
    expect(failure).toBeInstanceOf(AppFailedError);
    expect(failure.message).toBe('one dies again and again: given up');
    expect(pidsOf('one')).toHaveLength(4);
  });

  it('fails at once when an app ends before it was ready, with what it wrote passed on', async () => {
    const { supervisor, lines } = supervise([
      app('one', READY),
      app('bad', `console.error('HARK_X="y": expected a number'); process.exit(1);`),
    ]);
    await expect(supervisor.start()).rejects.toThrow('bad ended with code 1 before it was ready');
    expect(lines).toContain('bad: HARK_X="y": expected a number');
  });

  it('kills an app that does not end when asked', async () => {
    const stubborn = READY.replace("console.log('bye'); process.exit(0);", '');
    const { supervisor, events } = supervise([app('one', stubborn)], { stopLimitMs: 50 });
    await supervisor.start();
    await supervisor.stop();
    expect(events).toEqual(['one does not end: killed']);
    expect(pidsOf('one').some(isAlive)).toBe(false);
  });

  it('gives up waiting for an app that never gets ready', async () => {
    const { supervisor } = supervise([app('slow', 'setInterval(() => {}, 1000)')], { startLimitMs: 100 });
    await expect(supervisor.start()).rejects.toThrow('slow not ready after 0.1 s');
  });

  it('leaves no app behind when the supervising process is killed', async () => {
    const { script, environment } = app('one', READY);
    const parent = join(folder, 'parent.mjs');
    // What AppProcess does, in a process that can be killed: standard input is a pipe held by the parent alone.
    writeFileSync(
      parent,
      `import { spawn } from 'node:child_process';
       spawn(process.execPath, [${JSON.stringify(script)}], { env: process.env, stdio: ['pipe', 'ignore', 'ignore'] });
       setInterval(() => {}, 1000);`,
    );
    const child = spawn(process.execPath, [parent], { env: environment, stdio: 'ignore' });
    await until(() => pidsOf('one').length === 1);
    child.kill('SIGKILL');
    await until(() => !isAlive(pidsOf('one')[0]));
  });

  it('marks its children as supervised', async () => {
    const program = `${READY}; writeFileSync(process.env.FOLDER + '/marked', process.env.HARK_SUPERVISED);`;
    const { supervisor } = supervise([app('one', program)]);
    await supervisor.start();
    await until(() => existsSync(join(folder, 'marked')));
    expect(readFileSync(join(folder, 'marked'), 'utf8')).toBe('1');
  });
});

describe('RestartBudget', () => {
  it('doubles its pauses up to 5 s and allows ten restarts a minute', () => {
    const budget = new RestartBudget();
    const pauses = Array.from({ length: 11 }, () => budget.next(0));
    expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000, null]);
  });

  it('forgets restarts after a minute', () => {
    const budget = new RestartBudget();
    for (let i = 0; i < 10; i++) budget.next(i);
    expect(budget.next(59_999)).toBeNull();
    expect(budget.next(60_009)).toBe(100);
  });
});
