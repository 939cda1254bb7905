import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from './harness.js';

const DEVICES = 32;
const RATE_HZ = 25;
/** Event time in a body, of each device. */
const BODY_SECONDS = 4;
const HOP_SECONDS = 1.28;
const ACTIVITIES = ['walk', 'sit', 'stand'];

/** Samples of some devices, labelled unless told otherwise, posted so that a given number of windows a second becomes final. */
export class WindowLoad {
  private readonly ending = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private readonly startMs = Date.UTC(2026, 0, 1);
  private posted = 0;

  constructor(
    private readonly service: Service,
    private readonly windowsPerSecond: number,
    private readonly isLabelled = true,
  ) {}

  /** Windows that end within what was posted; of each device those of the last seconds are not final yet. */
  get windows(): number {
    return DEVICES * Math.floor((this.posted * BODY_SECONDS) / HOP_SECONDS);
  }

  start(): void {
    this.running = this.run();
  }

  /** Rejects with what went wrong while it ran. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    const everyMs = (1000 * DEVICES * BODY_SECONDS) / HOP_SECONDS / this.windowsPerSecond;
    const began = performance.now();
    while (!signal.aborted) {
      const response = await fetch(this.service.url('ingest', '/v1/samples'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(this.body(this.posted++)),
      });
      const answer = (await response.json()) as { rejected: number };
      if (response.status !== 200 || answer.rejected !== 0) throw new Error(JSON.stringify(answer));
      const wait = began + this.posted * everyMs - performance.now();
      if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
  }

  private body(turn: number): unknown[] {
    const rows = BODY_SECONDS * RATE_HZ;
    return Array.from({ length: 2 * DEVICES }, (_, i) => {
      const device = i >> 1;
      // Each does one thing for about a minute.
      const activity = (device + Math.floor(turn / 15)) % ACTIVITIES.length;
      const x: number[] = [];
      const y: number[] = [];
      const z: number[] = [];
      const creationTime: string[] = [];
      for (let row = 0; row < rows; row++) {
        const at = turn * rows + row;
        const phase = (at / RATE_HZ) * 2 * Math.PI * 1.8 + device;
        const swing = activity === 0 ? 4 : 0.02;
        x.push(swing * Math.sin(phase));
        y.push(activity === 1 ? 9.8 : swing * Math.cos(phase));
        z.push(activity === 1 ? 0.1 * Math.sin(at) : 9.8 + 0.01 * Math.sin(at));
        creationTime.push(`${this.startMs + (at * 1000) / RATE_HZ}000000`);
      }
      const sensor = i % 2 === 0 ? 'accelerometer' : 'gyroscope';
      const gt = this.isLabelled ? { gt: ACTIVITIES[activity] } : {};
      return {
        user: `u${device}`,
        device: `d${device}`,
        model: 'test',
        sensor,
        creationTime,
        x,
        y,
        z,
        ...gt,
      };
    });
  }
}
