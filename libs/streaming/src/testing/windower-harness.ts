import {
  SampleBatchBuilder,
  decodeWindowRecord,
  encodeSamplesRecord,
  type DeviceId,
  type Sensor,
  type WindowRecord,
} from '@hark/contracts';
import { Windower, type WindowFeatures } from '../windows/windower.js';
import type { WindowOptions } from '../windows/window-options.js';

/** A row for tests; what is not said is user `a`, device `phone`, accelerometer, arrival at its event time. */
export interface TestRow {
  readonly ms: number;
  readonly subNs?: number;
  readonly arrivalMs?: number;
  readonly user?: string;
  readonly device?: string;
  readonly sensor?: Sensor;
  readonly x?: number;
  readonly y?: number;
  readonly z?: number;
  readonly gt?: string | null;
}

/** Features that show what a window holds: count and mean of x for each sensor. */
export const COUNTS_AND_MEANS: WindowFeatures = {
  schema: 'counts-and-means',
  extract({ accelerometer, gyroscope }) {
    const features = new Float64Array(4);
    [accelerometer, gyroscope].forEach(({ length, x }, sensor) => {
      let sum = 0;
      for (let i = 0; i < length; i++) sum += x[i];
      features[sensor * 2] = length;
      features[sensor * 2 + 1] = length === 0 ? 0 : sum / length;
    });
    return features;
  },
};

/** A windower with its records encoded, numbered and decoded, as the service does it. */
export class WindowerHarness {
  readonly windows: WindowRecord[] = [];
  readonly values: Uint8Array[] = [];
  windower: Windower;
  private offset = 0;

  constructor(
    private readonly options: Partial<WindowOptions> = {},
    private readonly features: WindowFeatures = COUNTS_AND_MEANS,
  ) {
    this.windower = new Windower(options, features);
  }

  add(...rows: readonly TestRow[]): this {
    const builder = new SampleBatchBuilder();
    for (const row of rows) {
      const stream = builder.streamOf(
        row.user ?? 'a',
        row.device ?? 'phone',
        'nexus4',
        row.sensor ?? 'accelerometer',
      );
      const label = builder.labelOf(row.gt ?? null);
      const { ms, subNs = 0, x = 0, y = 0, z = 0 } = row;
      builder.push(stream, ms, subNs, row.arrivalMs ?? ms, x, y, z, label);
    }
    return this.process(encodeSamplesRecord({ batch: builder.take(), receivedMs: this.offset }));
  }

  tick(...devices: readonly DeviceId[]): this {
    return this.process(encodeSamplesRecord({ tick: devices, receivedMs: this.offset }));
  }

  /** Goes on with a new windower that was restored from a snapshot of this one. */
  restart(): this {
    const state = this.windower.snapshot();
    this.windower = new Windower(this.options, this.features);
    this.windower.restore(state);
    return this;
  }

  get final(): WindowRecord[] {
    return this.windows.filter((window) => window.final);
  }

  process(value: Uint8Array): this {
    this.windower.process(
      'samples',
      0,
      { offset: this.offset++, timestamp: 0, key: '', value },
      {
        suppressed: false,
        emit: (_topic, _key, bytes) => {
          this.values.push(bytes);
          this.windows.push(decodeWindowRecord(bytes));
        },
        artifact: () => undefined,
        discard: () => undefined,
      },
    );
    return this;
  }
}
