import {
  SampleColumns,
  TOPICS,
  decodeSamplesRecord,
  deviceKey,
  encodeWindowRecord,
  type DeviceId,
  type SampleBatch,
} from '@hark/contracts';
import { StateReader } from '../encoding/state-reader.js';
import { StateWriter } from '../encoding/state-writer.js';
import type { LogRecord } from '../log/log.js';
import { StateFormatError, type Outputs, type Processor } from '../runner/processor.js';
import { DeviceWindows, type EmitWindow, type OpenWindow, type SampleCounts } from './device-windows.js';
import type { SensorBuffer } from './sensor-buffer.js';
import { checkWindowOptions, DEFAULT_WINDOW_OPTIONS, type WindowOptions } from './window-options.js';

/** Since version 2 the columns of the open windows' samples are written as they are. */
const STATE_VERSION = 2;
const OLDEST_STATE_VERSION = 1;

/** The samples of one sensor within a window: seconds since its start, m/s² or rad/s. */
interface SensorSamples {
  length: number;
  t: Float64Array;
  x: Float64Array;
  y: Float64Array;
  z: Float64Array;
}

/** What the windower needs of a feature extractor; `@hark/features` has one. */
export interface WindowFeatures {
  readonly schema: string;
  extract(window: {
    readonly seconds: number;
    readonly accelerometer: SensorSamples;
    readonly gyroscope: SensorSamples;
  }): Float64Array;
}

/** Counts of one device, for status and metrics. */
export interface DeviceStatus extends DeviceId, SampleCounts {
  readonly model: string;
  /** Event time of the watermark, milliseconds; −1 before the first. */
  readonly watermarkMs: number;
}

/**
 * The topic `samples` in, the topic `windows` out: deduplicates by (user, device, sensor, creation time), drops
 * what is late, and cuts each device's two sensors into windows, emitted early when the device's own time passes
 * their end and finally when the watermark does.
 */
export class Windower implements Processor {
  private readonly options: WindowOptions;
  private devices = new Map<string, DeviceWindows>();
  /** Newest event time of the whole input; used by the watermark `input` alone. */
  private inputMs = -1;
  private inputSubNs = 0;
  private nextInputCloseMs = 0;

  private outputs: Outputs | null = null;
  private receivedMs = 0;
  private readonly scratch = [emptySamples(), emptySamples()] as const;
  /** Where records are decoded, one after the other. */
  private readonly columns = new SampleColumns(1024);

  /** @throws RangeError when the options contradict each other. */
  constructor(
    options: Partial<WindowOptions>,
    private readonly features: WindowFeatures,
  ) {
    this.options = { ...DEFAULT_WINDOW_OPTIONS, ...options };
    checkWindowOptions(this.options);
  }

  process(_topic: string, _partition: number, record: LogRecord, outputs: Outputs): void {
    const { batch, tick, receivedMs } = decodeSamplesRecord(record.value, this.columns);
    this.outputs = outputs;
    this.receivedMs = receivedMs;
    if (batch !== undefined) this.addBatch(batch);
    if (tick !== undefined) this.closeDevices(tick);
    this.outputs = null;
  }

  /** Every device seen, in the order of their first samples. */
  status(): DeviceStatus[] {
    return [...this.devices.values()].map((device) => ({
      ...device.id,
      model: device.model,
      watermarkMs: device.watermark.ms,
      ...device.counts,
    }));
  }

  /** Devices with samples in windows that are not final. */
  openDevices(): DeviceId[] {
    return [...this.devices.values()].filter((device) => device.hasOpenWindows).map((device) => device.id);
  }

  snapshot(): Uint8Array {
    let bytes = 1024;
    for (const device of this.devices.values()) bytes += device.stateBytes;
    const writer = new StateWriter('windower', STATE_VERSION, bytes);
    writer.string(this.configuration());
    writer.f64(this.inputMs);
    writer.f64(this.inputSubNs);
    writer.f64(this.nextInputCloseMs);
    writer.u32(this.devices.size);
    for (const device of this.devices.values()) device.write(writer);
    return writer.finish();
  }

  restore(state: Uint8Array): void {
    const reader = new StateReader(state, 'windower', STATE_VERSION, OLDEST_STATE_VERSION);
    const stored = JSON.parse(reader.string()) as Partial<WindowOptions>;
    // The rest decides when windows close: another value counts from the next sample on.
    for (const name of ['sizeMs', 'hopMs', 'watermark'] as const) {
      if (stored[name] === this.options[name]) continue;
      throw new StateFormatError(
        `the stored windows were cut with ${name} ${stored[name]}, the settings say ${this.options[name]}: ` +
          'restore the settings, or start with an empty data folder',
      );
    }
    this.inputMs = reader.f64();
    this.inputSubNs = reader.f64();
    this.nextInputCloseMs = reader.f64();
    this.devices = new Map();
    for (let left = reader.u32(); left > 0; left--) {
      const device = DeviceWindows.read(reader, this.options);
      this.devices.set(deviceKey(device.id), device);
    }
    reader.finish();
  }

  private configuration(): string {
    const { sizeMs, hopMs, latenessMs, sensorLagMs, aheadMs, watermark } = this.options;
    return JSON.stringify({ sizeMs, hopMs, latenessMs, sensorLagMs, aheadMs, watermark });
  }

  private addBatch(batch: SampleBatch): void {
    const { rows, streams, stream, label } = batch;
    // Found when a row first asks for them: the dictionary decides nothing.
    const devices: (DeviceWindows | undefined)[] = new Array(streams.length).fill(undefined);
    // Label indexes are each device's own: translated once for each pair that occurs.
    const labelWidth = batch.labels.length + 1;
    const translated = new Int32Array(streams.length * labelWidth).fill(-1);
    for (let from = 0; from < rows;) {
      const s = stream[from];
      const activity = label[from];
      let to = from + 1;
      while (to < rows && stream[to] === s && label[to] === activity) to++;
      const device = (devices[s] ??= this.deviceOf(streams[s]));
      device.model = streams[s].model;
      const cell = s * labelWidth + activity;
      if (activity === 0) translated[cell] = 0;
      else if (translated[cell] < 0) translated[cell] = device.labelIndex(batch.labels[activity - 1]);
      const sensor = streams[s].sensor === 'accelerometer' ? 0 : 1;
      if (this.options.watermark === 'device')
        device.addRows(sensor, batch, from, to, translated[cell], this.emit);
      else this.addOnInput(device, sensor, batch, from, to, translated[cell]);
      from = to;
    }
  }

  /** With one watermark over the whole input, which each row may advance. */
  private addOnInput(
    device: DeviceWindows,
    sensor: number,
    { creationMs, creationSubNs, arrivalMs, x, y, z }: SampleBatch,
    from: number,
    to: number,
    label: number,
  ): void {
    for (let i = from; i < to; i++) {
      this.advanceInput(device, creationMs[i], creationSubNs[i]);
      device.add(sensor, creationMs[i], creationSubNs[i], arrivalMs[i], x[i], y[i], z[i], label, this.emit);
    }
  }

  /** In the order of the devices' first samples, whatever the order of the tick. */
  private closeDevices(tick: readonly DeviceId[]): void {
    const keys = new Set(tick.map(deviceKey));
    if (keys.size === 1) return this.devices.get(deviceKey(tick[0]))?.closeAll(this.emit);
    for (const [key, device] of this.devices) if (keys.has(key)) device.closeAll(this.emit);
  }

  private deviceOf(id: DeviceId): DeviceWindows {
    const key = deviceKey(id);
    let device = this.devices.get(key);
    if (device === undefined) {
      device = new DeviceWindows({ user: id.user, device: id.device }, this.options);
      this.devices.set(key, device);
    }
    return device;
  }

  /** One watermark over the whole input: every device's windows close when any device's time passes them. */
  private advanceInput(device: DeviceWindows, ms: number, subNs: number): void {
    if (ms > this.inputMs || (ms === this.inputMs && subNs > this.inputSubNs)) {
      this.inputMs = ms;
      this.inputSubNs = subNs;
    }
    const watermarkMs = this.inputMs - this.options.latenessMs;
    device.watermark.raise(watermarkMs, this.inputSubNs);
    if (watermarkMs < this.nextInputCloseMs) return;
    for (const each of this.devices.values()) {
      each.watermark.raise(watermarkMs, this.inputSubNs);
      each.closePassed(this.emit);
    }
    this.nextInputCloseMs = (Math.floor(watermarkMs / this.options.hopMs) + 1) * this.options.hopMs;
  }

  private readonly emit: EmitWindow = (device, window) => {
    const { outputs } = this;
    if (outputs === null || outputs.suppressed) return null;
    const features = window.features ?? this.extract(device, window);
    const [fromAcc, toAcc, fromGyro, toGyro] = window.ranges;
    outputs.emit(
      TOPICS.windows,
      deviceKey(device.id),
      // Written out: an object that begins with a spread is several times slower to make.
      encodeWindowRecord({
        user: device.id.user,
        device: device.id.device,
        model: device.model,
        startMs: window.startMs,
        sizeMs: this.options.sizeMs,
        revision: window.revision,
        final: window.final,
        accelerometer: toAcc - fromAcc,
        gyroscope: toGyro - fromGyro,
        late: window.late,
        duplicates: window.duplicates,
        label: window.label,
        features,
        featureSchema: this.features.schema,
        receivedMs: this.receivedMs,
      }),
    );
    return features;
  };

  private extract(device: DeviceWindows, window: OpenWindow): Float64Array {
    const [fromAcc, toAcc, fromGyro, toGyro] = window.ranges;
    const [accelerometer, gyroscope] = this.scratch;
    fill(accelerometer, device.buffers[0], fromAcc, toAcc, window.startMs);
    fill(gyroscope, device.buffers[1], fromGyro, toGyro, window.startMs);
    return this.features.extract({ seconds: this.options.sizeMs / 1000, accelerometer, gyroscope });
  }
}

function emptySamples(): SensorSamples {
  const none = new Float64Array(0);
  return { length: 0, t: new Float64Array(1024), x: none, y: none, z: none };
}

function fill(samples: SensorSamples, buffer: SensorBuffer, from: number, to: number, startMs: number): void {
  const length = to - from;
  if (samples.t.length < length) samples.t = new Float64Array(length * 2);
  const { ms, subNs } = buffer;
  for (let i = 0; i < length; i++) samples.t[i] = (ms[from + i] - startMs) * 1e-3 + subNs[from + i] * 1e-9;
  samples.length = length;
  samples.x = buffer.x.subarray(from, to);
  samples.y = buffer.y.subarray(from, to);
  samples.z = buffer.z.subarray(from, to);
}
