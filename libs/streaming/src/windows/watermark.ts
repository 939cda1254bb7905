import type { StateReader } from '../encoding/state-reader.js';
import type { StateWriter } from '../encoding/state-writer.js';

const NEVER = -1;

/**
 * The watermark of one device: the newest event time of the sensor that is behind, less the allowed lateness. It
 * never goes back. A sensor that has not been heard of yet stands at the device's first event time; one that the
 * other leaves further behind than `sensorLagMs` stops counting until it catches up.
 */
export class DeviceWatermark {
  /** The watermark, exact; behind it is late. */
  ms = NEVER;
  subNs = 0;
  /** How far the device's own time has come with every sensor heard of and not left behind: early emission. */
  paceMs = NEVER;
  /** Newest event time of any sensor. */
  newestMs = NEVER;

  private firstMs = NEVER;
  private firstSubNs = 0;
  private readonly sensorMs = [NEVER, NEVER];
  private readonly sensorSubNs = [0, 0];

  constructor(
    private readonly latenessMs: number,
    private readonly sensorLagMs: number,
  ) {}

  isLate(ms: number, subNs: number): boolean {
    return ms < this.ms || (ms === this.ms && subNs < this.subNs);
  }

  /** Takes an event time of sensor 0 or 1 into account. */
  advance(sensor: number, ms: number, subNs: number): void {
    const before = this.sensorMs[sensor];
    if (ms < before || (ms === before && subNs <= this.sensorSubNs[sensor])) return;
    this.sensorMs[sensor] = ms;
    this.sensorSubNs[sensor] = subNs;
    if (this.firstMs === NEVER) {
      this.firstMs = ms;
      this.firstSubNs = subNs;
    }
    if (ms > this.newestMs) this.newestMs = ms;

    const other = 1 - sensor;
    const heard = this.sensorMs[other] !== NEVER;
    const otherMs = heard ? this.sensorMs[other] : this.firstMs;
    const otherSubNs = heard ? this.sensorSubNs[other] : this.firstSubNs;
    let low = sensor;
    if (otherMs < ms || (otherMs === ms && otherSubNs < subNs)) {
      if (ms - otherMs <= this.sensorLagMs) low = other;
    } else if (otherMs - ms > this.sensorLagMs) low = other;

    const lowMs = low === sensor ? ms : otherMs;
    const lowSubNs = low === sensor ? subNs : otherSubNs;
    this.raise(lowMs - this.latenessMs, lowSubNs);
    const pace = low === other && !heard ? ms : lowMs;
    if (pace > this.paceMs) this.paceMs = pace;
  }

  /**
   * For samples of a sensor from `ms` on, each later than the one before: as long as they are before the instant
   * returned, the pace stays below `earlyMs` and the watermark below `finalMs`, as both are now, and the last sample
   * alone leaves them where all would. Negative where that is not so even of the first.
   */
  quietUntil(sensor: number, ms: number, earlyMs: number, finalMs: number): number {
    if (this.firstMs === NEVER || ms <= this.sensorMs[sensor] || ms <= this.ms) return NEVER;
    const heardMs = this.sensorMs[1 - sensor];
    const otherMs = heardMs === NEVER ? this.firstMs : heardMs;
    // The other sensor counts, though it is ahead, until this one has caught up.
    if (otherMs - ms > this.sensorLagMs) return NEVER;
    const boundMs = Math.min(earlyMs, finalMs + this.latenessMs);
    // While the other sensor is the one behind, it decides.
    return heardMs !== NEVER && heardMs < boundMs ? Math.max(boundMs, heardMs + this.sensorLagMs) : boundMs;
  }

  /** Lifts the watermark to an instant, if it is not there yet: a tick, or a watermark over the whole input. */
  raise(ms: number, subNs: number): void {
    if (ms > this.ms || (ms === this.ms && subNs > this.subNs)) {
      this.ms = ms;
      this.subNs = subNs;
    }
  }

  write(writer: StateWriter): void {
    for (const value of [this.ms, this.subNs, this.paceMs, this.newestMs, this.firstMs, this.firstSubNs]) {
      writer.f64(value);
    }
    for (const value of [...this.sensorMs, ...this.sensorSubNs]) writer.f64(value);
  }

  read(reader: StateReader): void {
    this.ms = reader.f64();
    this.subNs = reader.f64();
    this.paceMs = reader.f64();
    this.newestMs = reader.f64();
    this.firstMs = reader.f64();
    this.firstSubNs = reader.f64();
    for (const column of [this.sensorMs, this.sensorSubNs]) {
      column[0] = reader.f64();
      column[1] = reader.f64();
    }
  }
}
