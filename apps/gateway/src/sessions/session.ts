import {
  deviceKey,
  formatNanoseconds,
  toIsoTime,
  type DeviceId,
  type EventTime,
  type SessionView,
} from '@hark/contracts';

/** A stretch of one device's recording without a gap in event time. */
export interface Session extends DeviceId {
  /** 16 hex digits; stays the same while the session grows. */
  readonly id: string;
  /** Sessions are numbered in the order in which they were opened. */
  readonly number: number;
  model: string;
  start: EventTime;
  /** The session's own: changed with each sample, in place. */
  readonly end: { ms: number; subNs: number };
  accelerometer: number;
  gyroscope: number;
  /** First and last record of `samples` that hold rows of it. */
  firstRecord: number;
  lastRecord: number;
  /** Activities seen, in the order they appeared. */
  readonly labels: string[];
}

/** The session as the API shows it. */
export function viewOf(session: Session): SessionView {
  const { id, user, device, model, start, end, labels } = session;
  return {
    id,
    user,
    device,
    model,
    start: toIsoTime(start.ms),
    end: toIsoTime(end.ms),
    startNs: formatNanoseconds(start.ms, start.subNs),
    endNs: formatNanoseconds(end.ms, end.subNs),
    samples: { accelerometer: session.accelerometer, gyroscope: session.gyroscope },
    labels: [...labels],
    records: { first: session.firstRecord, last: session.lastRecord },
  };
}

/** FNV-1a, 64 bit, of the device and the time of the sample that opened the session. */
export function sessionId(device: DeviceId, opened: EventTime): string {
  const text = `${deviceKey(device)}\u0000${formatNanoseconds(opened.ms, opened.subNs)}`;
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}
