import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HAS_STRACE = spawnSync('strace', ['-V']).status === 0;
const ROWS = 5;

interface DeviceCounts {
  readonly windowed: number;
  readonly duplicates: number;
  readonly late: number;
  readonly quarantined: number;
  readonly open: number;
}

/** The ingest app alone, its system calls watched or made to fail by strace. */
class TracedIngest {
  readonly data = mkdtempSync(join(tmpdir(), 'hark-disk-'));
  readonly trace = join(this.data, 'trace');
  private child: ChildProcess | null = null;
  private url = '';

  async start(strace: readonly string[] | null): Promise<void> {
    const app = [process.execPath, join(ROOT, 'apps/ingest/dist/main.js')];
    const [command, ...args] =
      strace === null ? app : ['strace', '-f', '-qq', '-s', '64', '-o', this.trace, ...strace, ...app];
    const child = spawn(command, args, {
      env: {
        ...process.env,
        HARK_DATA: join(this.data, 'hark'),
        HARK_INGEST_PORT: '0',
        HARK_LOG_LEVEL: 'silent',
        HARK_SUPERVISED: '1',
        // strace counts for each thread of its own: with one that syncs, its numbers are those of the syncs.
        UV_THREADPOOL_SIZE: '1',
      },
      // LMDB itself says on standard error that a write failed.
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.child = child;
    for (const begun = performance.now(); performance.now() - begun < 60_000;) {
      if (this.hasEnded) throw new Error('ingest ended before it was ready');
      try {
        const run = JSON.parse(readFileSync(join(this.data, 'hark/run/ingest.json'), 'utf8')) as {
          port: number;
        };
        this.url = `http://127.0.0.1:${run.port}`;
        if ((await fetch(`${this.url}/health/ready`)).ok) return;
      } catch {
        // Not yet.
      }
      await sleep(50);
    }
    throw new Error('ingest was not ready in a minute');
  }

  get hasEnded(): boolean {
    return this.child === null || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** @returns the status, or null when there was no answer. */
  async post(batch: number): Promise<number | null> {
    const rows = Array.from({ length: ROWS }, (_, i) => {
      const at = batch * ROWS + i;
      return `${at},${1_424_696_633_908 + at},${1_424_696_633_908 + at}000000,${at / 1024},0,9.8,a,nexus4,phone,walk`;
    });
    const body = ['Index,Arrival_Time,Creation_Time,x,y,z,User,Model,Device,gt', ...rows].join('\n');
    try {
      const response = await fetch(`${this.url}/v1/samples?sensor=accelerometer`, {
        method: 'POST',
        headers: { 'content-type': 'text/csv', connection: 'close' },
        body,
        signal: AbortSignal.timeout(5000),
      });
      await response.text();
      return response.status;
    } catch {
      return null;
    }
  }

  async accepted(): Promise<number> {
    const status = (await (await fetch(`${this.url}/v1/status`)).json()) as { devices: DeviceCounts[] };
    return status.devices.reduce(
      (sum, { windowed, duplicates, late, quarantined, open }) =>
        sum + windowed + duplicates + late + quarantined + open,
      0,
    );
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child === null || this.hasEnded) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    // The app ends with its standard input; strace with the app.
    child.stdin?.end();
    await ended;
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.data, { recursive: true, force: true });
  }
}

describe.skipIf(!HAS_STRACE)('the disk under ingest', () => {
  let ingest: TracedIngest;
  beforeEach(() => {
    ingest = new TracedIngest();
  });
  afterEach(() => ingest.end());

  it('has synced a batch before its 200 is written', async () => {
    await ingest.start(['-e', 'trace=fdatasync,fsync,pwrite64,write,writev,sendto,sendmsg']);
    for (let batch = 0; batch < 5; batch++) expect(await ingest.post(batch)).toBe(200);
    await ingest.stop();
    const calls = readFileSync(ingest.trace, 'utf8').split('\n');
    const answers = calls.flatMap((call, i) => (/"HTTP\/1\.1 200/.test(call) ? [i] : []));
    expect(answers.length).toBeGreaterThanOrEqual(5);
    // Of the last five answers each has a sync of its own between it and the answer before.
    for (const [i, at] of answers.slice(-5).entries()) {
      const from = answers.at(-6 + i) ?? 0;
      const synced = calls
        .slice(from, at)
        .some((call) => /\b(fdatasync|fsync)\(.*= 0|sync resumed.*= 0/.test(call));
      expect(synced, `a sync before answer ${i}`).toBe(true);
    }
  }, 60_000);

  it('that is slow holds every 200 back until the sync is over, and no more', async () => {
    const SYNC_MS = 150;
    await ingest.start([
      ...['-e', 'trace=fdatasync'],
      ...['-e', `inject=fdatasync:delay_exit=${1000 * SYNC_MS}`],
    ]);
    for (let batch = 0; batch < 3; batch++) {
      const begun = performance.now();
      expect(await ingest.post(batch)).toBe(200);
      expect(performance.now() - begun).toBeGreaterThanOrEqual(SYNC_MS);
    }
    // Those that come while a sync is under way share the next one.
    const begun = performance.now();
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => ingest.post(3 + i)));
    expect(answers).toEqual(answers.map(() => 200));
    expect(performance.now() - begun).toBeLessThan((40 * SYNC_MS) / 2);
    await expect.poll(() => ingest.accepted(), { timeout: 10_000 }).toBe(43 * ROWS);
  }, 60_000);

  it.each(process.env['HARK_FAULTS'] === 'all' ? [1, 2, 3, 5, 8] : [2])(
    'fails to sync from batch %i on: no 200 for it, nothing tried for ever, and a restart that holds all that was acknowledged',
    async (failing) => {
      // How many syncs a start makes, on a folder of its own.
      const quiet = new TracedIngest();
      await quiet.start(['-e', 'trace=fdatasync']);
      await quiet.stop();
      const started = readFileSync(quiet.trace, 'utf8')
        .split('\n')
        .filter((call) => call.includes('fdatasync(')).length;
      await quiet.end();
      // The fault stands from a number on, and never ends.
      const when = `${Math.max(1, started - 2 + failing)}+`;
      await ingest
        .start(['-e', 'trace=fdatasync', '-e', `inject=fdatasync:error=EIO:when=${when}`])
        .catch(() => undefined);
      let acknowledged = 0;
      let batch = 0;
      for (; batch < 40 && !ingest.hasEnded; batch++) {
        const status = await ingest.post(batch);
        if (status === 200) acknowledged++;
        else break;
      }
      expect(batch, 'a failing sync is noticed').toBeLessThan(40);
      const failures = () =>
        readFileSync(ingest.trace, 'utf8')
          .split('\n')
          .filter((call) => call.includes('(INJECTED)')).length;
      const first = failures();
      for (let again = 0; again < 3; again++) expect(await ingest.post(100 + again)).not.toBe(200);
      // Once more with every page written anew, see LmdbWriter: a sync alone must never be repeated.
      expect(first).toBeGreaterThan(0);
      expect(first).toBeLessThanOrEqual(2);
      expect(failures(), 'nothing is written any more').toBe(first);
      await ingest.stop();
      await ingest.start(null);
      const rows = await ingest.accepted();
      expect(rows).toBeGreaterThanOrEqual(acknowledged * ROWS);
      // The batch whose outcome nobody was told may stand, whole.
      expect([acknowledged * ROWS, (acknowledged + 1) * ROWS]).toContain(rows);
    },
    90_000,
  );
});
