import type { LivePrediction } from '@hark/contracts';
import type { ActivityBook } from '../activities/activity-book.js';
import { STATES, WindowRing } from '../ribbon/window-ring.js';

/** What is known of a device, from its predictions alone. */
export interface DeviceState {
  readonly key: string;
  readonly user: string;
  readonly device: string;
  /** Product name. */
  readonly model: string;
  readonly ring: WindowRing;
  /** Its newest window. */
  said: number;
  confidence: number;
  /** Index into `STATES`. */
  state: number;
  reason: string | null;
  version: number;
  /** Event time of the end of the newest window, and of the newest one that is final. */
  seenToMs: number;
  finalToMs: number;
  /** Wall clock at which its newest samples came in. */
  heardAtMs: number;
  /** Rows a second of each sensor in the newest full window. */
  accelerometerHz: number;
  gyroscopeHz: number;
  /** Of all final windows that this page has seen. */
  late: number;
  duplicates: number;
  windows: number;
  latencyMs: number;
}

/** All devices, by user and device. */
export class DeviceBoard {
  private readonly byKey = new Map<string, DeviceState>();
  private sorted: DeviceState[] | null = null;
  /** The newest event time of any device, and when it came. */
  newestMs = NaN;
  private newestCameMs = NaN;

  constructor(private readonly book: ActivityBook) {}

  /** In the order of user and device. */
  get devices(): readonly DeviceState[] {
    this.sorted ??= [...this.byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    return this.sorted;
  }

  device(key: string | null): DeviceState | undefined {
    return key === null ? undefined : this.byKey.get(key);
  }

  take(prediction: LivePrediction): DeviceState {
    const { samples, final, state, reason, modelVersion, confidence } = prediction;
    const device = this.find(prediction);
    const startMs = Date.parse(prediction.window.start);
    const endMs = Date.parse(prediction.window.end);
    const said = state === 'ok' || state === 'stale' ? this.book.codeOf(prediction.activity) : 0;
    // A device that has fallen silent is told by its last window once more: that window stays as it was answered.
    if (state !== 'stale') {
      const window = { startMs, endMs, said, confidence, final, version: modelVersion };
      device.ring.put({ ...window, label: this.book.codeOf(prediction.label), state: STATES.indexOf(state) });
      device.heardAtMs = Math.max(device.heardAtMs, prediction.receivedMs);
    }
    if (final && state !== 'stale') {
      device.finalToMs = Math.max(device.finalToMs, endMs);
      device.late += samples.late;
      device.duplicates += samples.duplicates;
      device.windows++;
      device.accelerometerHz = (1000 * samples.accelerometer) / (endMs - startMs);
      device.gyroscopeHz = (1000 * samples.gyroscope) / (endMs - startMs);
    }
    if (endMs >= device.seenToMs) {
      device.seenToMs = endMs;
      device.said = said;
      device.confidence = confidence;
      device.state = STATES.indexOf(state);
      device.reason = reason;
      device.version = modelVersion;
      device.latencyMs = prediction.latencyMs;
    }
    if (state !== 'stale' && !(endMs <= this.newestMs)) {
      this.newestMs = endMs;
      this.newestCameMs = prediction.receivedMs;
    }
    return device;
  }

  /** Event time now, as far as the devices tell: the newest window's end, and the time since it came. NaN of none. */
  eventNow(nowMs: number): number {
    return this.newestMs + Math.max(0, nowMs - this.newestCameMs);
  }

  private find({ user, device, model }: LivePrediction): DeviceState {
    const key = keyOf(user, device);
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const counts = { late: 0, duplicates: 0, windows: 0, latencyMs: 0, version: 0, confidence: 0, said: 0 };
    const times = { seenToMs: -Infinity, finalToMs: -Infinity, heardAtMs: -Infinity };
    const rates = { accelerometerHz: NaN, gyroscopeHz: NaN };
    const made: DeviceState = {
      ...{ key, user, device, model, ring: new WindowRing(), state: 0, reason: null },
      ...{ ...counts, ...times, ...rates },
    };
    this.byKey.set(key, made);
    this.sorted = null;
    return made;
  }
}

export function keyOf(user: string, device: string): string {
  return `${user}\u0000${device}`;
}

/** Event time that has been seen and is not final yet: how far the watermark is behind. NaN before the first. */
export function watermarkLagMs({ seenToMs, finalToMs }: DeviceState): number {
  return Number.isFinite(finalToMs) ? Math.max(0, seenToMs - finalToMs) : NaN;
}
