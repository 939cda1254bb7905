import { SampleBatchBuilder, formatNanoseconds, windowId, type SampleBatch } from '@hark/contracts';

/** Windows of the default settings. */
export const SIZE_MS = 2560;
export const HOP_MS = 1280;

/** What a device sends at one time. */
export interface LiveRows {
  readonly batch: SampleBatch;
  /** The windows whose end its own time passes with these rows. */
  readonly closes: readonly string[];
}

/** A device that is worn: both sensors at one rate, its clock that of the machine. */
export class LiveDevice {
  readonly user: string;
  readonly device: string;
  private readonly builder = new SampleBatchBuilder(256);
  private nextMs: number;
  private closedMs: number;

  constructor(
    readonly number: number,
    private readonly rateHz: number,
    startMs: number,
  ) {
    this.user = `user-${number}`;
    this.device = `device-${number}`;
    this.nextMs = startMs;
    this.closedMs = Math.floor(startMs / HOP_MS) * HOP_MS;
  }

  /** Everything measured up to an instant that has not been sent. */
  upTo(nowMs: number): LiveRows {
    const { builder, user, device, rateHz } = this;
    const accelerometer = builder.streamOf(user, device, 'bench', 'accelerometer');
    const gyroscope = builder.streamOf(user, device, 'bench', 'gyroscope');
    const stepMs = 1000 / rateHz;
    let lastMs = -Infinity;
    for (; this.nextMs <= nowMs; this.nextMs += stepMs) {
      const ms = Math.floor(this.nextMs);
      const subNs = Math.floor((this.nextMs - ms) * 1e6);
      const phase = (2 * Math.PI * this.nextMs) / (600 + (this.number % 7) * 90);
      builder.push(accelerometer, ms, subNs, nowMs, Math.sin(phase), 9.81 + 2 * Math.cos(phase), 0.3, 0);
      builder.push(gyroscope, ms, subNs, nowMs, 0.2 * Math.cos(phase), 0.1, Math.sin(phase), 0);
      lastMs = ms;
    }
    const closes: string[] = [];
    for (; this.closedMs + HOP_MS <= lastMs; this.closedMs += HOP_MS) {
      closes.push(windowId({ user, device, startMs: this.closedMs + HOP_MS - SIZE_MS }));
    }
    return { batch: builder.take(), closes };
  }
}

const UTF8 = new TextEncoder();

/** One sensor's rows of a batch as the columnar JSON that devices send. */
export function columnarJson(batch: SampleBatch, stream: number, seq: number): Uint8Array {
  const { user, device, model, sensor } = batch.streams[stream];
  const rows = Array.from({ length: batch.rows }, (_, i) => i).filter((i) => batch.stream[i] === stream);
  const column = (values: Float64Array): number[] => rows.map((i) => values[i]);
  const creationTime = rows.map((i) => formatNanoseconds(batch.creationMs[i], batch.creationSubNs[i]));
  const axes = { x: column(batch.x), y: column(batch.y), z: column(batch.z) };
  return UTF8.encode(JSON.stringify({ seq, user, device, model, sensor, creationTime, ...axes }));
}
