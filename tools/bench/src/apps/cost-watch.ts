import { processCost } from './process-cost.js';

const EVERY_MS = 50;

/** What processes have cost from the beginning of the watch to its end. */
export interface Cost {
  /** Seconds, by the name of the process. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  /** The most memory that all held at one time, MB. */
  readonly peakMegabytes: number;
  /** The same without mapped pages of files. */
  readonly peakOwnMegabytes: number;
}

/** Looks at processes every so often: what one has cost is not to be learned once it is gone. */
export class CostWatch {
  private readonly before = new Map<string, number>();
  private readonly now = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;
  private peak = 0;
  private peakOwn = 0;

  /** @param pids by name; more may be added. */
  constructor(private readonly pids: Map<string, number>) {
    for (const [name, pid] of pids) this.before.set(name, processCost(pid)?.cpuSeconds ?? 0);
    this.look();
    this.timer = setInterval(() => this.look(), EVERY_MS).unref();
  }

  /** A process that begins now. */
  add(name: string, pid: number): void {
    this.pids.set(name, pid);
    this.before.set(name, 0);
  }

  end(): Cost {
    clearInterval(this.timer);
    this.look();
    const cpuSeconds = Object.fromEntries(
      [...this.now].map(([name, seconds]) => [name, seconds - (this.before.get(name) ?? 0)]),
    );
    return { cpuSeconds, peakMegabytes: this.peak, peakOwnMegabytes: this.peakOwn };
  }

  private look(): void {
    let all = 0;
    let own = 0;
    for (const [name, pid] of this.pids) {
      const cost = processCost(pid);
      if (cost === null) continue;
      this.now.set(name, cost.cpuSeconds);
      all += cost.megabytes;
      own += cost.megabytes - cost.fileMegabytes;
    }
    this.peak = Math.max(this.peak, all);
    this.peakOwn = Math.max(this.peakOwn, own);
  }
}

export function sumOf(cpuSeconds: Cost['cpuSeconds']): number {
  return Object.values(cpuSeconds).reduce((sum, each) => sum + each, 0);
}
