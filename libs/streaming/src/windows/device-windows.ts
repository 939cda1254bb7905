import type { DeviceId, SampleBatch } from '@hark/contracts';
import type { StateReader } from '../encoding/state-reader.js';
import type { StateWriter } from '../encoding/state-writer.js';
import { LeapGuard } from './leap-guard.js';
import { SensorBuffer } from './sensor-buffer.js';
import { DeviceWatermark } from './watermark.js';
import { firstWindowStart, lastWindowStart, type WindowOptions } from './window-options.js';

/** What became of the samples of a device: accepted = windowed + duplicates + late + quarantined + open. */
export interface SampleCounts {
  accepted: number;
  /** Held by final windows alone. */
  windowed: number;
  duplicates: number;
  late: number;
  quarantined: number;
  /** Held by a window that is not final yet, or held back until a leap in time is confirmed. */
  open: number;
}

/** A window about to be emitted; views into the device's buffers, valid during the call. */
export interface OpenWindow {
  readonly startMs: number;
  readonly revision: number;
  readonly final: boolean;
  readonly late: number;
  readonly duplicates: number;
  readonly label: string | null;
  /** Index ranges into `buffers[0]` (accelerometer) and `buffers[1]` (gyroscope). */
  readonly ranges: readonly [from: number, to: number, from: number, to: number];
  /** Features computed for the early emission, if the content has not changed since. */
  readonly features: Float64Array | null;
}

/** Emits a window and returns its features, so that an unchanged window need not be computed again. */
export type EmitWindow = (device: DeviceWindows, window: OpenWindow) => Float64Array | null;

interface EarlyEmission {
  readonly samples: number;
  readonly features: Float64Array | null;
}

/** The windows of one device: its samples not yet final, its watermark, and what was emitted early. */
export class DeviceWindows {
  readonly buffers = [new SensorBuffer(), new SensorBuffer()] as const;
  readonly watermark: DeviceWatermark;
  model = '';

  private readonly guard: LeapGuard;
  private readonly labels: string[] = [];
  private readonly early = new Map<number, EarlyEmission>();
  private readonly refused = new Map<number, { late: number; duplicates: number }>();
  /** Windows that end here or before have been emitted early, respectively final. */
  private earlyUntilMs = 0;
  private finalUntilMs = 0;
  /** The next instants at which a window may end; nothing is emitted before. */
  private nextEarlyMs = 0;
  private nextFinalMs = 0;
  private accepted = 0;
  private duplicates = 0;
  private late = 0;

  constructor(
    readonly id: DeviceId,
    private readonly options: WindowOptions,
  ) {
    this.watermark = new DeviceWatermark(options.latenessMs, options.sensorLagMs);
    this.guard = new LeapGuard(options.aheadMs);
  }

  get counts(): SampleCounts {
    const held = this.guard.holding;
    const buffered = this.buffers[0].size + this.buffers[1].size;
    const { accepted, duplicates, late } = this;
    const { quarantined } = this.guard;
    return {
      accepted,
      windowed: accepted - duplicates - late - quarantined - held - buffered,
      duplicates,
      late,
      quarantined,
      open: buffered + held,
    };
  }

  get hasOpenWindows(): boolean {
    return this.buffers[0].size + this.buffers[1].size > 0;
  }

  labelIndex(activity: string): number {
    const index = this.labels.indexOf(activity);
    return index >= 0 ? index + 1 : this.labels.push(activity);
  }

  /** Takes one sample of sensor 0 (accelerometer) or 1 (gyroscope) and emits the windows that it completes. */
  add(
    sensor: number,
    ms: number,
    subNs: number,
    arrivalMs: number,
    x: number,
    y: number,
    z: number,
    label: number,
    emit: EmitWindow,
  ): void {
    this.accepted++;
    if (this.options.watermark === 'device') {
      const verdict = this.guard.judge(this.watermark.newestMs, ms, arrivalMs);
      if (verdict === 'held') {
        this.guard.hold({ sensor, ms, subNs, arrivalMs, x, y, z, label });
        return;
      }
      if (verdict === 'confirmed') {
        for (const held of this.guard.release(arrivalMs)) {
          this.take(held.sensor, held.ms, held.subNs, held.x, held.y, held.z, held.label, emit);
        }
      }
    }
    this.take(sensor, ms, subNs, x, y, z, label, emit);
  }

  /**
   * Takes rows of a batch, all of one sensor and label, as {@link add} takes each of them. Most change nothing but what
   * is held: those are taken together. Only where each device has a watermark of its own.
   */
  addRows(
    sensor: number,
    batch: SampleBatch,
    from: number,
    to: number,
    label: number,
    emit: EmitWindow,
  ): void {
    const { creationMs, creationSubNs, arrivalMs, x, y, z } = batch;
    for (let i = from; i < to;) {
      const end = this.quietUntil(sensor, creationMs, i, to);
      if (end > i) {
        this.takeQuiet(sensor, batch, i, end, label);
        i = end;
      } else {
        this.add(sensor, creationMs[i], creationSubNs[i], arrivalMs[i], x[i], y[i], z[i], label, emit);
        i++;
      }
    }
  }

  /** Emits as final every window that the watermark has passed. */
  closePassed(emit: EmitWindow): void {
    this.closeUntil(this.watermark.ms, emit);
  }

  /** Emits every open window as final and lifts the watermark past them: the device is silent. */
  closeAll(emit: EmitWindow): void {
    if (!this.hasOpenWindows) return;
    const end = lastWindowStart(this.newestHeldMs(), this.options) + this.options.sizeMs;
    this.watermark.raise(end, 0);
    this.earlyUntilMs = Math.max(this.earlyUntilMs, end);
    this.closeUntil(end, emit);
  }

  /** About what {@link write} takes. */
  get stateBytes(): number {
    return 512 + this.buffers[0].stateBytes + this.buffers[1].stateBytes;
  }

  write(writer: StateWriter): void {
    writer.string(this.id.user);
    writer.string(this.id.device);
    writer.string(this.model);
    for (const value of [
      this.earlyUntilMs,
      this.finalUntilMs,
      this.nextEarlyMs,
      this.nextFinalMs,
      this.accepted,
      this.duplicates,
      this.late,
    ]) {
      writer.f64(value);
    }
    writer.u32(this.labels.length);
    for (const label of this.labels) writer.string(label);
    writer.u32(this.early.size);
    for (const [startMs, { samples }] of this.early) {
      writer.f64(startMs);
      writer.u32(samples);
    }
    writer.u32(this.refused.size);
    for (const [startMs, { late, duplicates }] of this.refused) {
      writer.f64(startMs);
      writer.u32(late);
      writer.u32(duplicates);
    }
    this.watermark.write(writer);
    this.guard.write(writer);
    for (const buffer of this.buffers) buffer.write(writer);
  }

  static read(reader: StateReader, options: WindowOptions): DeviceWindows {
    const device = new DeviceWindows({ user: reader.string(), device: reader.string() }, options);
    device.model = reader.string();
    device.earlyUntilMs = reader.f64();
    device.finalUntilMs = reader.f64();
    device.nextEarlyMs = reader.f64();
    device.nextFinalMs = reader.f64();
    device.accepted = reader.f64();
    device.duplicates = reader.f64();
    device.late = reader.f64();
    for (let left = reader.u32(); left > 0; left--) device.labels.push(reader.string());
    for (let left = reader.u32(); left > 0; left--) {
      device.early.set(reader.f64(), { samples: reader.u32(), features: null });
    }
    for (let left = reader.u32(); left > 0; left--) {
      device.refused.set(reader.f64(), { late: reader.u32(), duplicates: reader.u32() });
    }
    device.watermark.read(reader);
    device.guard.read(reader);
    for (const buffer of device.buffers) buffer.read(reader);
    return device;
  }

  /**
   * Where the rows end, from the first on, that come in order, leap nowhere and complete no window: each later by a
   * millisecond or more than what is held of its sensor.
   */
  private quietUntil(sensor: number, creationMs: Float64Array, from: number, to: number): number {
    const { watermark, guard } = this;
    const { aheadMs } = this.options;
    if (guard.holding > 0) return from;
    const limitMs = watermark.quietUntil(sensor, creationMs[from], this.nextEarlyMs, this.nextFinalMs);
    let before = this.buffers[sensor].lastMs;
    let newest = watermark.newestMs;
    let i = from;
    for (; i < to; i++) {
      const ms = creationMs[i];
      if (!(ms > before && ms < limitMs && ms - newest <= aheadMs)) break;
      before = ms;
      if (ms > newest) newest = ms;
    }
    return i;
  }

  private takeQuiet(sensor: number, batch: SampleBatch, from: number, to: number, label: number): void {
    const last = to - 1;
    const ms = batch.creationMs[last];
    this.accepted += to - from;
    this.guard.pass(this.watermark.newestMs, ms, batch.arrivalMs[last]);
    this.buffers[sensor].append(batch, from, to, label);
    this.watermark.advance(sensor, ms, batch.creationSubNs[last]);
  }

  private take(
    sensor: number,
    ms: number,
    subNs: number,
    x: number,
    y: number,
    z: number,
    label: number,
    emit: EmitWindow,
  ): void {
    const { watermark } = this;
    if (watermark.isLate(ms, subNs)) {
      this.late++;
      this.noteRefused(ms, 'late');
      return;
    }
    if (!this.buffers[sensor].insert(ms, subNs, x, y, z, label)) {
      this.duplicates++;
      this.noteRefused(ms, 'duplicates');
      return;
    }
    watermark.advance(sensor, ms, subNs);
    if (watermark.paceMs >= this.nextEarlyMs) this.emitEarly(watermark.paceMs, emit);
    if (watermark.ms >= this.nextFinalMs) this.closeUntil(watermark.ms, emit);
  }

  /** Emits, once, the windows that the device's own time has passed. */
  private emitEarly(paceMs: number, emit: EmitWindow): void {
    this.forEachWindow(Math.max(this.earlyUntilMs, this.finalUntilMs), paceMs, (startMs, ranges) => {
      const features = emit(this, this.describe(startMs, ranges, 0, false, null));
      this.early.set(startMs, { samples: heldBy(ranges), features });
    });
    this.earlyUntilMs = Math.max(this.earlyUntilMs, paceMs);
    this.nextEarlyMs = this.nextEndAfter(paceMs);
  }

  private closeUntil(untilMs: number, emit: EmitWindow): void {
    this.forEachWindow(this.finalUntilMs, untilMs, (startMs, ranges) => {
      const before = this.early.get(startMs);
      const changed = before !== undefined && before.samples !== heldBy(ranges);
      const features = changed ? null : (before?.features ?? null);
      emit(this, this.describe(startMs, ranges, changed ? 1 : 0, true, features));
      this.early.delete(startMs);
      this.refused.delete(startMs);
    });
    this.finalUntilMs = Math.max(this.finalUntilMs, untilMs);
    this.nextFinalMs = this.nextEndAfter(untilMs);
    const oldestOpenMs = this.nextFinalMs - this.options.sizeMs;
    for (const buffer of this.buffers) buffer.dropBefore(oldestOpenMs);
    // A refused sample may have named a window that never held one: it goes when its time has passed.
    for (const startMs of this.refused.keys()) if (startMs < oldestOpenMs) this.refused.delete(startMs);
  }

  /** The windows that hold samples and end after `afterMs`, at `untilMs` at the latest, in order. */
  private forEachWindow(
    afterMs: number,
    untilMs: number,
    visit: (startMs: number, ranges: OpenWindow['ranges']) => void,
  ): void {
    const { sizeMs, hopMs } = this.options;
    const [acc, gyro] = this.buffers;
    let startMs = firstWindowStart(afterMs, this.options);
    while (startMs + sizeMs <= untilMs) {
      const fromAcc = acc.lowerBound(startMs, 0);
      const fromGyro = gyro.lowerBound(startMs, 0);
      const nextMs = Math.min(
        fromAcc < acc.tail ? acc.ms[fromAcc] : Infinity,
        fromGyro < gyro.tail ? gyro.ms[fromGyro] : Infinity,
      );
      if (nextMs === Infinity) return;
      if (nextMs >= startMs + sizeMs) {
        startMs = firstWindowStart(nextMs, this.options);
        continue;
      }
      const toAcc = acc.lowerBound(startMs + sizeMs, 0);
      const toGyro = gyro.lowerBound(startMs + sizeMs, 0);
      visit(startMs, [fromAcc, toAcc, fromGyro, toGyro]);
      startMs += hopMs;
    }
  }

  /** End of the earliest window that ends after an instant. */
  private nextEndAfter(ms: number): number {
    return firstWindowStart(ms, this.options) + this.options.sizeMs;
  }

  private describe(
    startMs: number,
    ranges: OpenWindow['ranges'],
    revision: number,
    final: boolean,
    features: Float64Array | null,
  ): OpenWindow {
    const refused = this.refused.get(startMs);
    return {
      startMs,
      revision,
      final,
      late: refused?.late ?? 0,
      duplicates: refused?.duplicates ?? 0,
      label: this.majorityLabel(ranges),
      ranges,
      features,
    };
  }

  /** The most frequent label; among equals the one whose first sample is earliest. */
  private majorityLabel(ranges: OpenWindow['ranges']): string | null {
    if (this.labels.length === 0) return null;
    const count = new Uint32Array(this.labels.length + 1);
    const firstMs = new Float64Array(this.labels.length + 1).fill(Infinity);
    for (let sensor = 0; sensor < 2; sensor++) {
      const { label, ms } = this.buffers[sensor];
      for (let i = ranges[sensor * 2]; i < ranges[sensor * 2 + 1]; i++) {
        const index = label[i];
        count[index]++;
        if (ms[i] < firstMs[index]) firstMs[index] = ms[i];
      }
    }
    let best = 0;
    for (let index = 1; index < count.length; index++) {
      if (count[index] > count[best] || (count[index] === count[best] && firstMs[index] < firstMs[best]))
        best = index;
    }
    return best === 0 ? null : this.labels[best - 1];
  }

  private noteRefused(ms: number, what: 'late' | 'duplicates'): void {
    const { hopMs, sizeMs } = this.options;
    const last = lastWindowStart(ms, this.options);
    for (let startMs = firstWindowStart(ms, this.options); startMs <= last; startMs += hopMs) {
      if (startMs + sizeMs <= this.finalUntilMs) continue;
      let counts = this.refused.get(startMs);
      if (counts === undefined) this.refused.set(startMs, (counts = { late: 0, duplicates: 0 }));
      counts[what]++;
    }
  }

  private newestHeldMs(): number {
    const newest = ({ ms, size, tail }: SensorBuffer) => (size === 0 ? 0 : ms[tail - 1]);
    return Math.max(newest(this.buffers[0]), newest(this.buffers[1]));
  }
}

/** Samples of both sensors in a window. */
function heldBy([fromAcc, toAcc, fromGyro, toGyro]: OpenWindow['ranges']): number {
  return toAcc - fromAcc + toGyro - fromGyro;
}
