import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { APPS, type App } from '../harness.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Whether a file system of one's own can be mounted here, without being root. */
export const CAN_MOUNT =
  spawnSync('unshare', ['-Urm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0 &&
  spawnSync('nsenter', ['--version']).status === 0;

/** The three built apps with their data on a disk of a few megabytes, which only they and the test see. */
export class SmallDisk {
  private readonly children = new Map<App, ChildProcess>();
  private readonly ports = new Map<App, number>();

  private constructor(
    private readonly mountPoint: string,
    private readonly holder: ChildProcess,
  ) {}

  static async mount(megabytes: number): Promise<SmallDisk> {
    const script = 'mount -t tmpfs -o "size=$1m" tmpfs "$0" && echo mounted && exec cat';
    const mountPoint = mkdtempSync(join(tmpdir(), 'hark-small-disk-'));
    const holder = spawn('unshare', ['-Urm', 'sh', '-c', script, mountPoint, String(megabytes)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    return new SmallDisk(mountPoint, holder);
  }

  /** The disk's folder as it is seen from here. */
  get path(): string {
    return `/proc/${this.holder.pid}/root${this.mountPoint}`;
  }

  /** Starts the apps and waits until all are ready. */
  async start(): Promise<void> {
    for (const app of APPS) {
      const enter = ['--user', '--mount', '--preserve-credentials', '-t', String(this.holder.pid)];
      const child = spawn('nsenter', [...enter, process.execPath, join(ROOT, `apps/${app}/dist/main.js`)], {
        cwd: ROOT,
        env: {
          ...process.env,
          ...{ HARK_DATA: this.mountPoint, HARK_LOG_LEVEL: 'silent', HARK_SUPERVISED: '1' },
          [`HARK_${app.toUpperCase()}_PORT`]: '0',
        },
        // LMDB itself says on standard error that a write failed.
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      this.children.set(app, child);
    }
    for (const app of APPS) await this.untilReady(app);
  }

  isAlive(app: App): boolean {
    const child = this.children.get(app);
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  url(app: App, path: string): string {
    return `http://127.0.0.1:${this.ports.get(app)}${path}`;
  }

  /** Takes all room that is left. @returns what gives it back. */
  fill(): () => void {
    const file = join(this.path, 'somebody-elses-file');
    const free = () => {
      const { bavail, bsize } = statfsSync(this.path);
      return bavail * bsize;
    };
    for (let bytes = free(); bytes > 0; bytes = free()) {
      try {
        writeFileSync(file, Buffer.alloc(bytes), { flag: 'a' });
      } catch (error) {
        // One of the apps was faster.
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
    return () => rmSync(file);
  }

  async remove(): Promise<void> {
    for (const child of this.children.values()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.stdin?.end();
      await ended;
    }
    const ended = once(this.holder, 'exit');
    this.holder.stdin?.end();
    await ended;
    rmSync(this.mountPoint, { recursive: true, force: true });
  }

  private async untilReady(app: App): Promise<void> {
    for (let waited = 0; waited < 20_000; waited += 50) {
      try {
        const run = JSON.parse(readFileSync(join(this.path, `run/${app}.json`), 'utf8')) as { port: number };
        this.ports.set(app, run.port);
        if ((await fetch(this.url(app, '/health/ready'))).ok) return;
      } catch {
        // Not yet.
      }
      if (!this.isAlive(app)) throw new Error(`${app} ended before it was ready`);
      await sleep(50);
    }
    throw new Error(`${app} was not ready in 20 s`);
  }
}
