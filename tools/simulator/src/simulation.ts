import { SENSORS, type SampleBatch } from '@hark/contracts';
import { Cast } from './cast.js';
import { DeliveryQueue } from './delivery-queue.js';
import { Random } from './random.js';
import { SimulatedDevice } from './simulated-device.js';
import { SimulatedSensor } from './simulated-sensor.js';
import { resolveOptions, type ResolvedOptions, type SimulationOptions } from './simulation-options.js';

/** Rows of one sensor of one device, as they come in together. */
export interface Delivery {
  /** Milliseconds since the simulation's start, whole; the rows' Arrival_Time is this on the wall clock. */
  readonly afterMs: number;
  readonly batch: SampleBatch;
}

/** What has been delivered so far. */
export interface SimulationCounts {
  rows: number;
  /** Rows that were there already. */
  duplicates: number;
  /** Rows held back 5–10 s. */
  held: number;
  /** Rows held back longer than a watermark of 10 s allows. */
  beyond: number;
}

/** Either the next batch that a sensor will record, or one recorded and held back. */
interface Pending {
  readonly at: number;
  readonly rank: number;
  readonly sensor: SensorState;
  readonly held: SampleBatch | null;
}

interface SensorState {
  readonly sensor: SimulatedSensor;
  readonly delay: Random;
  readonly faults: Random;
  recorded: number;
  holdBatches: number;
  releaseAt: number;
}

/**
 * Devices worn by people, as an endless or bounded sequence of deliveries in the order of their arrival. The two
 * sensors of a device arrive apart. Deterministic: the same options give the same deliveries, bit for bit.
 */
export class Simulation implements Iterable<Delivery> {
  readonly options: ResolvedOptions;
  readonly counts: SimulationCounts = { rows: 0, duplicates: 0, held: 0, beyond: 0 };
  /** Devices that are turned over, and when. */
  readonly drift: readonly { readonly device: string; readonly atSeconds: number }[];
  private readonly sensors: SensorState[];
  private rank = 0;

  /** @throws SimulationOptionError */
  constructor(options: SimulationOptions = {}) {
    this.options = resolveOptions(options);
    const cast = new Cast(this.options);
    const devices = Array.from(
      { length: this.options.devices },
      (_, index) => new SimulatedDevice(index, this.options),
    );
    this.drift = devices
      .filter((device) => device.turnedAt < this.options.durationSeconds)
      .map((device) => ({ device: device.catalogue.device, atSeconds: device.turnedAt }));
    const { seed } = this.options;
    this.sensors = devices.flatMap((device) =>
      SENSORS.map((sensor) => ({
        sensor: new SimulatedSensor(device, sensor, cast, this.options),
        delay: new Random(seed, `delay ${device.catalogue.device} ${sensor}`),
        faults: new Random(seed, `late ${device.catalogue.device} ${sensor}`),
        recorded: 0,
        holdBatches: 0,
        releaseAt: 0,
      })),
    );
  }

  /** Can be taken once: the sensors' generators move on. */
  *[Symbol.iterator](): Generator<Delivery, void, void> {
    const queue = new DeliveryQueue<Pending>();
    for (const sensor of this.sensors) this.schedule(queue, sensor);
    for (let pending = queue.pop(); pending !== undefined; pending = queue.pop()) {
      const { sensor, at } = pending;
      if (pending.held !== null) {
        yield this.delivered(at, pending.held);
        continue;
      }
      const from = sensor.recorded;
      const to = Math.min(from + this.options.batchSeconds, this.options.durationSeconds);
      sensor.recorded = to;
      const before = sensor.sensor.duplicates;
      const batch = sensor.sensor.record(from, to, this.options.startMs + at);
      this.counts.duplicates += sensor.sensor.duplicates - before;
      this.schedule(queue, sensor);
      if (batch === null) continue;
      const releaseAt = this.options.faults.has('late') ? this.heldUntil(sensor, at, batch.rows) : at;
      if (releaseAt === at) {
        yield this.delivered(at, batch);
      } else {
        batch.arrivalMs.fill(this.options.startMs + releaseAt);
        queue.push({ at: releaseAt, rank: this.rank++, sensor, held: batch });
      }
    }
  }

  private delivered(afterMs: number, batch: SampleBatch): Delivery {
    this.counts.rows += batch.rows;
    return { afterMs, batch };
  }

  /** A batch is sent when its last row is there, and takes 5–40 ms over the network. */
  private schedule(queue: DeliveryQueue<Pending>, sensor: SensorState): void {
    const { batchSeconds, durationSeconds } = this.options;
    if (sensor.recorded >= durationSeconds) return;
    const end = Math.min(sensor.recorded + batchSeconds, durationSeconds);
    const at = Math.ceil(end * 1000 + sensor.delay.between(5, Math.min(40, 5 + batchSeconds * 400)));
    queue.push({ at, rank: this.rank++, sensor, held: null });
  }

  /** When a batch recorded now is let go: now, or, for a burst of about two seconds, 5–10 s or 13–20 s later. */
  private heldUntil(sensor: SensorState, at: number, rows: number): number {
    const { faults } = sensor;
    if (sensor.holdBatches === 0) {
      // About one burst a minute and a half for each sensor: some 2 % of the rows.
      if (faults.uniform() >= this.options.batchSeconds / 90) return at;
      sensor.holdBatches = Math.max(1, Math.round(faults.between(1, 3) / this.options.batchSeconds));
      const beyond = faults.uniform() < 0.1;
      sensor.releaseAt = at + Math.round(1000 * (beyond ? faults.between(14, 20) : faults.between(7, 9)));
    }
    sensor.holdBatches--;
    if (sensor.releaseAt - at > 10_000) this.counts.beyond += rows;
    else this.counts.held += rows;
    return Math.max(sensor.releaseAt, at + 1);
  }
}
