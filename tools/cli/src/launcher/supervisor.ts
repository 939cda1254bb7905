import { setTimeout as sleep } from 'node:timers/promises';
import { WorkFailedError } from '../terminal/failures.js';
import { AppProcess, type AppExit, type AppSpec } from './app-process.js';
import { RestartBudget } from './restart-budget.js';

export interface SupervisorOptions {
  readonly apps: readonly AppSpec[];
  /** Every line that an app writes. */
  readonly onLine: (app: string, line: string) => void;
  /** What the supervisor does about an app that has died. */
  readonly onEvent: (message: string) => void;
  /** Whether the process of this id, of this app, is ready. */
  readonly isReady: (app: string, pid: number) => Promise<boolean>;
  /** How long apps get to end by themselves. */
  readonly stopLimitMs?: number;
  readonly restarts?: () => RestartBudget;
  /** How long apps get to become ready. */
  readonly startLimitMs?: number;
}

/** An app ended before it was ready, or dies again and again. */
export class AppFailedError extends WorkFailedError {
  override readonly code = 'app_failed';
  constructor(
    readonly app: string,
    reason: string,
  ) {
    super(`${app} ${reason}`);
  }
}

/** Keeps the apps running: starts them, starts again what dies, and ends them all together. */
export class Supervisor {
  private readonly running = new Map<string, AppProcess>();
  private readonly readyOnce = new Set<string>();
  private readonly loops: Promise<void>[] = [];
  private readonly stopping = new AbortController();
  private failure: AppFailedError | null = null;
  private onFailure: () => void = () => {};
  /** Resolves when an app can't be kept running; the supervisor is to be stopped then. */
  readonly failed: Promise<AppFailedError>;

  constructor(private readonly options: SupervisorOptions) {
    this.failed = new Promise((resolve) => {
      this.onFailure = () => resolve(this.failure as AppFailedError);
    });
  }

  /** Starts all apps; resolves when all are ready. @throws AppFailedError */
  async start(): Promise<void> {
    const { apps, startLimitMs = 30_000 } = this.options;
    for (const app of apps) this.loops.push(this.keep(app));
    const limit = performance.now() + startLimitMs;
    while (this.readyOnce.size < apps.length) {
      if (this.failure !== null) throw this.failure;
      if (this.stopping.signal.aborted) return;
      if (performance.now() > limit) {
        const late = apps.filter(({ name }) => !this.readyOnce.has(name)).map(({ name }) => name);
        throw new AppFailedError(late.join(' and '), `not ready after ${startLimitMs / 1000} s`);
      }
      await this.pause(30);
    }
  }

  /** Ends all apps: asks, waits, and kills what has not ended in time. Afterwards none is left. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const app of this.running.values()) app.kill('SIGTERM');
    const limit = setTimeout(() => {
      for (const [name, app] of this.running) {
        this.options.onEvent(`${name} does not end: killed`);
        app.kill('SIGKILL');
      }
    }, this.options.stopLimitMs ?? 5000);
    await Promise.all(this.loops);
    clearTimeout(limit);
  }

  /** Runs one app, again and again, until {@link stop}. */
  private async keep(spec: AppSpec): Promise<void> {
    const { onLine, onEvent, restarts } = this.options;
    const budget = restarts?.() ?? new RestartBudget();
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const app = new AppProcess(spec, (line) => onLine(spec.name, line));
      this.running.set(spec.name, app);
      const ended = new AbortController();
      void this.watch(spec.name, app, ended.signal);
      const exit = await app.exited;
      ended.abort();
      this.running.delete(spec.name);
      if (signal.aborted) return;
      if (!this.readyOnce.has(spec.name))
        return this.fail(spec.name, `${described(exit)} before it was ready`);
      const pauseMs = budget.next(performance.now());
      if (pauseMs === null) return this.fail(spec.name, 'dies again and again: given up');
      onEvent(`${spec.name} ${described(exit)}, started again in ${pauseMs / 1000} s`);
      await this.pause(pauseMs);
    }
  }

  private async watch(name: string, app: AppProcess, ended: AbortSignal): Promise<void> {
    while (!ended.aborted && !this.stopping.signal.aborted) {
      if (app.pid !== undefined && (await this.options.isReady(name, app.pid).catch(() => false))) {
        this.readyOnce.add(name);
        return;
      }
      await this.pause(50);
    }
  }

  private fail(app: string, reason: string): void {
    this.failure ??= new AppFailedError(app, reason);
    this.onFailure();
  }

  private pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

function described({ code, signal }: AppExit): string {
  return signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
}
