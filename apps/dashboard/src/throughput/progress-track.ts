import type { Progress } from '@hark/contracts';

export const PROGRESS_APPS = ['ingest', 'learner', 'gateway'] as const;
export type ProgressApp = (typeof PROGRESS_APPS)[number];

/** The newest messages of the channel `progress`, one a second, in columns that are allocated once. */
export class ProgressTrack {
  private readonly times: Float64Array;
  private readonly rates: Record<ProgressApp, Float32Array>;
  private readonly lags: Record<ProgressApp, Float32Array>;
  private next = 0;
  private count = 0;
  latest: Progress | null = null;

  constructor(readonly capacity = 300) {
    this.times = new Float64Array(capacity);
    const columns = (): Record<ProgressApp, Float32Array> => ({
      ingest: new Float32Array(capacity),
      learner: new Float32Array(capacity),
      gateway: new Float32Array(capacity),
    });
    this.rates = columns();
    this.lags = columns();
  }

  add(message: Progress): void {
    this.latest = message;
    this.times[this.next] = Date.parse(message.at);
    for (const app of PROGRESS_APPS) {
      const told = message.apps.find((each) => each.app === app);
      this.rates[app][this.next] = told?.recordsPerSecond ?? NaN;
      this.lags[app][this.next] = told?.lagRecords ?? NaN;
    }
    this.next = (this.next + 1) % this.capacity;
    this.count = Math.min(this.capacity, this.count + 1);
  }

  /** As uPlot takes it: seconds since 1970, then records a second of each app, or how many wait. */
  series(what: 'rates' | 'lags'): { readonly seconds: number[]; readonly lines: (number | null)[][] } {
    const slots = Array.from(
      { length: this.count },
      (_, i) => (this.next + this.capacity - this.count + i) % this.capacity,
    );
    const lines = PROGRESS_APPS.map((app) =>
      slots.map((slot) => (Number.isNaN(this[what][app][slot]) ? null : this[what][app][slot])),
    );
    return { seconds: slots.map((slot) => this.times[slot] / 1000), lines };
  }
}
