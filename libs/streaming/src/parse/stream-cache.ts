import { isWellFormedId, SENSORS, type Sensor } from '@hark/contracts';
import { ByteDictionary } from './byte-dictionary.js';
import { labelOf, streamOf, UNKNOWN_MODEL } from './row-rules.js';
import type { RowSink } from './row-sink.js';

/** Different values of one column kept before all are forgotten. */
const MAX_VALUES = 16_384;

/** Strict: bytes that are not UTF-8 are no id. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The known values of one column: bytes to code, code to the string, `null` where the rules refuse it. */
class ColumnValues {
  readonly values: (string | null)[] = [null];
  /** Code met last: the next row mostly has the same. */
  last = 0;
  private readonly dictionary = new ByteDictionary();

  constructor(private readonly accept: (value: string) => boolean) {}

  get size(): number {
    return this.dictionary.size;
  }

  /** Position behind the value met last when it stands at `start`, else −1; any byte may follow. */
  matchLast(bytes: Uint8Array, start: number): number {
    return this.dictionary.match(bytes, start, this.last);
  }

  /** Code of `bytes[start..end)`. */
  codeOf(bytes: Uint8Array, start: number, end: number): number {
    const code = this.dictionary.codeOf(bytes, start, end);
    if (code === this.values.length) this.values.push(this.read(bytes.subarray(start, end)));
    this.last = code;
    return code;
  }

  clear(): void {
    this.dictionary.clear();
    this.values.length = 1;
    this.last = 0;
  }

  private read(bytes: Uint8Array): string | null {
    try {
      const value = UTF8.decode(bytes);
      return this.accept(value) ? value : null;
    } catch {
      return null;
    }
  }
}

/** Ids that hold a quote or a backslash are written with escapes: their bytes are not their value. */
const isPlainId = (id: string) => isWellFormedId(id) && !id.includes('"') && !id.includes('\\');

/**
 * Finds the stream and label of a row from the bytes of its ids, without making strings of those already seen.
 * Whatever it does not vouch for (−1) goes to {@link takeRow}, which decides.
 */
export class StreamCache {
  readonly user = new ColumnValues(isPlainId);
  readonly device = new ColumnValues(isPlainId);
  readonly model = new ColumnValues(isPlainId);
  readonly sensor = new ColumnValues((value) => (SENSORS as readonly string[]).includes(value));
  readonly gt: ColumnValues;
  /** Codes of a row that has no such value. */
  unknownModel!: number;
  defaultSensor!: number;
  unlabelled!: number;

  private sink!: RowSink;
  /** By device and sensor, the stream found last and of which user and model. */
  private readonly streams: number[] = [];
  private readonly users: number[] = [];
  private readonly models: number[] = [];
  /** By code of `gt`, the label in the builder; −1 = not asked yet. */
  private readonly labels: number[] = [];

  constructor(private readonly defaultSensorName: Sensor | undefined) {
    this.gt = new ColumnValues(
      (value) => value === '' || value === 'null' || this.sink.activities.has(value),
    );
  }

  /** Must be called before rows go to `sink`: its builder's dictionaries may have changed. */
  begin(sink: RowSink): void {
    if (this.sink?.activities !== sink.activities) this.gt.clear();
    this.sink = sink;
    this.streams.fill(-1);
    this.labels.fill(-1);
    this.addFixedValues();
  }

  /** To be called between rows: keeps the number of values remembered bounded. */
  forgetWhenFull(): void {
    const { user, device, model, gt } = this;
    if (Math.max(user.size, device.size, model.size, gt.size) < MAX_VALUES) return;
    for (const column of [user, device, model, gt, this.sensor]) column.clear();
    this.streams.length = 0;
    this.labels.length = 0;
    this.addFixedValues();
  }

  /** Index of the stream in the builder, or −1 when one of the values is not acceptable. */
  streamOf(user: number, device: number, model: number, sensor: number): number {
    const key = device * 4 + sensor;
    if (this.streams[key] >= 0 && this.users[key] === user && this.models[key] === model) {
      return this.streams[key];
    }
    return this.findStream(user, device, model, sensor, key);
  }

  /** Whether a code of `gt` stands for an activity, or for none. */
  isActivity(gt: number): boolean {
    return this.gt.values[gt] !== null;
  }

  /** The label in the builder, or −1 when the activity is not acceptable. */
  labelOf(gt: number): number {
    const label = this.labels[gt];
    return label >= 0 ? label : this.findLabel(gt);
  }

  private findStream(user: number, device: number, model: number, sensor: number, key: number): number {
    const names = [this.user.values[user], this.device.values[device], this.model.values[model]];
    const sensorName = this.sensor.values[sensor];
    const [userName, deviceName, modelName] = names;
    if (userName === null || deviceName === null || modelName === null || sensorName === null) return -1;
    while (this.streams.length <= key) {
      this.streams.push(-1);
      this.users.push(-1);
      this.models.push(-1);
    }
    this.users[key] = user;
    this.models[key] = model;
    return (this.streams[key] = streamOf(
      this.sink.builder,
      userName,
      deviceName,
      modelName,
      sensorName as Sensor,
    ));
  }

  private findLabel(gt: number): number {
    const name = this.gt.values[gt];
    if (name === null) return -1;
    while (this.labels.length <= gt) this.labels.push(-1);
    return (this.labels[gt] = labelOf(this.sink.builder, name === '' || name === 'null' ? null : name));
  }

  private addFixedValues(): void {
    this.unknownModel = fixed(this.model, UNKNOWN_MODEL);
    this.unlabelled = fixed(this.gt, '');
    this.defaultSensor =
      this.defaultSensorName === undefined ? 0 : fixed(this.sensor, this.defaultSensorName);
  }
}

const ASCII = new TextEncoder();

function fixed(column: ColumnValues, value: string): number {
  const bytes = ASCII.encode(value);
  return column.codeOf(bytes, 0, bytes.length);
}
