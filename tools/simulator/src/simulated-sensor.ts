import type { Sensor, StreamId } from '@hark/contracts';
import { SampleBatchBuilder, type SampleBatch } from '@hark/contracts';
import type { SegmentReading } from './body-segment.js';
import type { Cast } from './cast.js';
import { Random } from './random.js';
import type { SimulatedDevice } from './simulated-device.js';
import type { ResolvedOptions } from './simulation-options.js';

const NANOSECONDS = 1_000_000_000;

/** One sensor of one device: samples its wearer's motion at its own rate, with its own errors. */
export class SimulatedSensor {
  private readonly random: Random;
  private readonly resend: Random | null;
  private readonly periodNs: number;
  private readonly phaseNs: number;
  private readonly gain: readonly number[];
  private readonly bias: readonly number[];
  private readonly noise: number;
  private readonly step: number;
  private readonly builder = new SampleBatchBuilder(64);
  private readonly reading: SegmentReading = {
    ax: 0,
    ay: 0,
    az: 0,
    gx: 0,
    gy: 0,
    gz: 0,
    shakeAcceleration: 0,
    shakeRotation: 0,
  };
  private next = 0;
  private session = -1;
  private bout = 0;
  /** Rows sent a second time so far. */
  duplicates = 0;

  constructor(
    readonly device: SimulatedDevice,
    readonly sensor: Sensor,
    private readonly cast: Cast,
    options: ResolvedOptions,
  ) {
    const { model, device: name } = device.catalogue;
    const errors = new Random(options.seed, `errors ${name} ${sensor}`);
    const accelerometer = sensor === 'accelerometer';
    this.random = new Random(options.seed, `noise ${name} ${sensor}`);
    this.resend = options.faults.has('dup') ? new Random(options.seed, `resend ${name} ${sensor}`) : null;
    // A device's quartz is the same for both sensors, its rate within 1.5 % of the data sheet's.
    const rate = model.rateHz * new Random(options.seed, `rate ${name}`).between(0.985, 1.015);
    this.periodNs = NANOSECONDS / rate;
    this.phaseNs = this.periodNs * errors.between(0.1, 0.9);
    const spread = accelerometer ? 0.02 : 0.03;
    this.gain = [0, 1, 2].map(() => 1 + errors.between(-spread, spread));
    const offset = accelerometer ? 0.12 : 0.015;
    this.bias = [0, 1, 2].map(() => errors.between(-offset, offset));
    this.noise = accelerometer ? errors.between(0.015, 0.05) : errors.between(0.002, 0.008);
    this.step = accelerometer ? model.stepAcceleration : model.stepRotation;
  }

  /**
   * The rows recorded from second `from` to `to` (excluded), all with one arrival time; null when there are none.
   * Call with ascending, adjoining ranges.
   */
  record(from: number, to: number, arrivalMs: number): SampleBatch | null {
    const { builder, device, cast } = this;
    const fromNs = from * NANOSECONDS;
    const toNs = to * NANOSECONDS;
    // Jitter stays within 0.2 periods either way, so that times grow strictly.
    this.next = Math.max(this.next, Math.ceil((fromNs - this.phaseNs) / this.periodNs));
    let stream = -1;
    for (; ; this.next++) {
      const ideal = this.next * this.periodNs + this.phaseNs;
      if (ideal >= toNs) break;
      const timeNs = Math.round(ideal + this.random.between(-0.2, 0.2) * this.periodNs);
      const t = timeNs / NANOSECONDS;
      const session = Math.max(this.session, cast.session(t));
      if (session !== this.session) {
        this.session = session;
        this.bout = 0;
        if (builder.rows > 0) break;
      }
      if (t >= cast.handover(session).off || device.silent(t)) continue;
      if (stream < 0) stream = builder.streamOf(...this.streamId());
      const row = this.measure(t, stream, timeNs, arrivalMs);
      if (this.resend !== null && this.resend.uniform() < 0.01) {
        builder.push(...row);
        this.duplicates++;
      }
    }
    return builder.rows === 0 ? null : builder.take();
  }

  private streamId(): [string, string, string, StreamId['sensor']] {
    const { catalogue, index } = this.device;
    return [this.cast.user(index, this.session), catalogue.device, catalogue.model.model, this.sensor];
  }

  private measure(
    t: number,
    stream: number,
    timeNs: number,
    arrivalMs: number,
  ): [number, number, number, number, number, number, number, number] {
    const { device, reading, gain, bias, random, builder } = this;
    const user = this.cast.user(device.index, this.session);
    const script = this.cast.script(user);
    let bout = script.bout(this.bout);
    while (t >= bout.end) bout = script.bout(++this.bout);
    // Smoothstep, so that posture changes without a jerk; its slope is the rate the gyroscope sees.
    const share = (t - bout.start) / (bout.end - bout.start);
    const blend = share * share * (3 - 2 * share);
    const blendRate = (6 * share * (1 - share)) / (bout.end - bout.start);
    this.cast.segment(user, device.placement(t)).read(bout.from, bout.to, blend, blendRate, t, reading);
    const mount = device.mount(t);
    const accelerometer = this.sensor === 'accelerometer';
    const shake = (accelerometer ? reading.shakeAcceleration : reading.shakeRotation) + this.noise;
    const sx = accelerometer ? reading.ax : reading.gx;
    const sy = accelerometer ? reading.ay : reading.gy;
    const sz = accelerometer ? reading.az : reading.gz;
    // The transpose turns the segment's frame into the device's.
    const x = (mount[0] * sx + mount[3] * sy + mount[6] * sz) * gain[0] + bias[0] + shake * random.normal();
    const y = (mount[1] * sx + mount[4] * sy + mount[7] * sz) * gain[1] + bias[1] + shake * random.normal();
    const z = (mount[2] * sx + mount[5] * sy + mount[8] * sz) * gain[2] + bias[2] + shake * random.normal();
    const wholeMs = Math.floor(timeNs / 1_000_000);
    const row: [number, number, number, number, number, number, number, number] = [
      stream,
      device.clockMs + wholeMs,
      timeNs - wholeMs * 1_000_000,
      arrivalMs,
      this.converted(x),
      this.converted(y),
      this.converted(z),
      builder.labelOf(bout.label),
    ];
    builder.push(...row);
    return row;
  }

  /** Through the converter's steps, written with six decimals as in HHAR. */
  private converted(value: number): number {
    return Math.round(Math.round(value / this.step) * this.step * 1_000_000) / 1_000_000;
  }
}
