import {
  RecordFormatError,
  SampleColumns,
  decodeSamplesRecord,
  deviceKey,
  type SampleBatch,
  type SamplesRecord,
  type StreamId,
} from '@hark/contracts';
import { StateReader, StateWriter, type LogRecord, type Processor } from '@hark/streaming';
import { DeviceSessions } from './device-sessions.js';
import { sessionId, type Session } from './session.js';

const FORMAT = 'hark.sessions';
const FORMAT_VERSION = 1;
const MOST_LABELS = 32;

export interface SessionIndexOptions {
  /** Event time further than this from a session opens another, milliseconds. */
  readonly gapMs: number;
}

export const DEFAULT_SESSION_OPTIONS: SessionIndexOptions = { gapMs: 60_000 };

/** Hears of each record with rows: whose they are, when they were stored, and the producer that numbers them. */
export type RowsHeard = (devices: readonly StreamId[], storedMs: number, producer: string | null) => void;

/** What each device recorded, cut at gaps: a fold of the topic `samples`. Emits nothing. */
export class SessionIndex implements Processor {
  private devices = new Map<string, DeviceSessions>();
  private byId = new Map<string, Session>();
  /** In the order in which they were opened. */
  private byNumber = new Map<number, Session>();
  private opened = 0;
  /** Where records are decoded, one after the other. */
  private readonly columns = new SampleColumns(1024);

  constructor(
    private readonly options: SessionIndexOptions = DEFAULT_SESSION_OPTIONS,
    private readonly heard: RowsHeard = () => undefined,
  ) {}

  process(_topic: string, _partition: number, record: LogRecord): void {
    let decoded: SamplesRecord;
    try {
      decoded = decodeSamplesRecord(record.value, this.columns);
    } catch (error) {
      // What the windower can't read has no rows that could be listed.
      if (error instanceof RecordFormatError) return;
      throw error;
    }
    if (decoded.batch === undefined) return;
    this.addBatch(decoded.batch, record.offset);
    this.heard(decoded.batch.streams, record.timestamp, decoded.producer ?? null);
  }

  /** Sessions of which no record is kept any more, as `samples` begins at this offset. */
  forgetBefore(offset: number): void {
    for (const session of [...this.byNumber.values()]) {
      if (session.lastRecord >= offset) continue;
      this.byId.delete(session.id);
      this.byNumber.delete(session.number);
      this.sessionsOf(session).remove(session);
    }
  }

  find(id: string): Session | null {
    return this.byId.get(id) ?? null;
  }

  get size(): number {
    return this.byId.size;
  }

  /** Newest first, by the order in which they were opened; only those numbered below `before`. */
  *newest(before: number): Iterable<Session> {
    for (const session of [...this.byNumber.values()].reverse()) if (session.number < before) yield session;
  }

  snapshot(): Uint8Array {
    const state = new StateWriter(FORMAT, FORMAT_VERSION).f64(this.opened).u32(this.byNumber.size);
    for (const session of this.byNumber.values()) {
      state.string(session.id).f64(session.number);
      state.string(session.user).string(session.device).string(session.model);
      state.f64(session.start.ms).f64(session.start.subNs).f64(session.end.ms).f64(session.end.subNs);
      state.f64(session.accelerometer).f64(session.gyroscope);
      state.f64(session.firstRecord).f64(session.lastRecord);
      state.u32(session.labels.length);
      for (const label of session.labels) state.string(label);
    }
    return state.finish();
  }

  restore(bytes: Uint8Array): void {
    const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
    this.devices = new Map();
    this.byId = new Map();
    this.byNumber = new Map();
    this.opened = state.f64();
    for (let left = state.u32(); left > 0; left--) {
      const session: Session = {
        id: state.string(),
        number: state.f64(),
        user: state.string(),
        device: state.string(),
        model: state.string(),
        start: { ms: state.f64(), subNs: state.f64() },
        end: { ms: state.f64(), subNs: state.f64() },
        accelerometer: state.f64(),
        gyroscope: state.f64(),
        firstRecord: state.f64(),
        lastRecord: state.f64(),
        labels: [],
      };
      for (let labels = state.u32(); labels > 0; labels--) session.labels.push(state.string());
      this.keep(session);
    }
    state.finish();
  }

  private addBatch(batch: SampleBatch, offset: number): void {
    const { rows, stream, creationMs, creationSubNs, label, labels } = batch;
    const devices = batch.streams.map((id) => this.sessionsOf(id));
    let labelled: Session | null = null;
    let lastLabel = 0;
    for (let i = 0; i < rows; i++) {
      const id = batch.streams[stream[i]];
      const session =
        devices[stream[i]].place(creationMs[i], creationSubNs[i]) ??
        this.open(id, creationMs[i], creationSubNs[i], offset);
      if (id.sensor === 'accelerometer') session.accelerometer++;
      else session.gyroscope++;
      if (session.lastRecord !== offset) {
        session.lastRecord = offset;
        session.model = id.model;
      }
      if (label[i] === 0 || (label[i] === lastLabel && session === labelled)) continue;
      labelled = session;
      lastLabel = label[i];
      const activity = labels[label[i] - 1];
      if (session.labels.length < MOST_LABELS && !session.labels.includes(activity)) {
        session.labels.push(activity);
      }
    }
  }

  private open({ user, device, model }: StreamId, ms: number, subNs: number, offset: number): Session {
    const start = { ms, subNs };
    const session: Session = {
      id: sessionId({ user, device }, start),
      number: this.opened++,
      user,
      device,
      model,
      start,
      end: { ms, subNs },
      accelerometer: 0,
      gyroscope: 0,
      firstRecord: offset,
      lastRecord: offset,
      labels: [],
    };
    this.keep(session);
    return session;
  }

  private keep(session: Session): void {
    const forgotten = this.sessionsOf(session).add(session);
    if (forgotten !== null) {
      this.byId.delete(forgotten.id);
      this.byNumber.delete(forgotten.number);
    }
    this.byId.set(session.id, session);
    this.byNumber.set(session.number, session);
  }

  private sessionsOf(id: { readonly user: string; readonly device: string }): DeviceSessions {
    const key = deviceKey(id);
    let sessions = this.devices.get(key);
    if (sessions === undefined) this.devices.set(key, (sessions = new DeviceSessions(this.options.gapMs)));
    return sessions;
  }
}
