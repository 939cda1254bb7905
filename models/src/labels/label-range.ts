import { parseEventTime, type DeviceId, type LabelRecord } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';

const text = new TextDecoder();

/** A label for a stretch of event time. */
export interface LabelRange {
  /** Offset of its record in `labels`. */
  readonly label: number;
  readonly user: string;
  /** Null: all devices of the user. */
  readonly device: string | null;
  /** Event time in milliseconds; `fromMs` included, `toMs` not. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly activity: string;
}

/** What a record of `labels` asks for. */
export type LabelRequest = LabelRange | { readonly undo: number };

/** Reads a record of `labels`. @returns null when it is none: it is then refused, never a reason to stop. */
export function parseLabelRecord(value: Uint8Array, offset: number): LabelRequest | null {
  let record: Partial<Record<string, unknown>>;
  try {
    const parsed: unknown = JSON.parse(text.decode(value));
    if (typeof parsed !== 'object' || parsed === null) return null;
    record = parsed as Partial<Record<string, unknown>>;
  } catch {
    return null;
  }
  const { kind, label, user, device, fromNs, toNs, activity } = record as Partial<
    Record<keyof LabelRecord | 'label' | 'user' | 'device' | 'fromNs' | 'toNs' | 'activity', unknown>
  >;
  if (kind === 'undo') return Number.isSafeInteger(label) ? { undo: label as number } : null;
  if (kind !== 'label' || typeof user !== 'string' || typeof activity !== 'string') return null;
  if (device !== null && typeof device !== 'string') return null;
  const fromMs = milliseconds(fromNs);
  const toMs = milliseconds(toNs);
  if (fromMs === null || toMs === null || fromMs > toMs || fromNs === toNs) return null;
  return { label: offset, user, device, fromMs, toMs, activity };
}

/** A window belongs to the stretch that its middle lies in. */
export function covers(range: LabelRange, id: DeviceId, startMs: number, sizeMs: number): boolean {
  const middle = startMs + sizeMs / 2;
  return (
    range.user === id.user &&
    (range.device === null || range.device === id.device) &&
    range.fromMs <= middle &&
    middle < range.toMs
  );
}

export function writeRange(range: LabelRange, state: StateWriter): void {
  state.f64(range.label).string(range.user);
  state.bool(range.device !== null).string(range.device ?? '');
  state.f64(range.fromMs).f64(range.toMs).string(range.activity);
}

export function readRange(state: StateReader): LabelRange {
  const label = state.f64();
  const user = state.string();
  const hasDevice = state.bool();
  const device = state.string();
  const [fromMs, toMs] = [state.f64(), state.f64()];
  return { label, user, device: hasDevice ? device : null, fromMs, toMs, activity: state.string() };
}

function milliseconds(nanoseconds: unknown): number | null {
  const time = typeof nanoseconds === 'string' ? parseEventTime(nanoseconds) : null;
  return time === null ? null : time.ms + time.subNs / 1_000_000;
}
