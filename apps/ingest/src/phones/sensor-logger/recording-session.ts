import { compareEventTime } from '@hark/contracts';
import { MessageIds, type Annotation, type PhoneHint, type PhoneReading } from '@hark/streaming';
import type { StoredSession } from './sensor-logger-state.js';

/** Annotations that still matter: samples older than these are not expected any more. */
const MAX_ANNOTATIONS = 32;

/** One recording of one phone: what of it has come, and what it has told so far. */
export class RecordingSession {
  readonly ids: MessageIds;
  /** Whether uncalibrated accelerations are in g; null as long as none has come. */
  uncalibratedInG: boolean | null;
  /** In order of their time. */
  annotations: readonly Annotation[];
  /** Messages being taken, by id. */
  readonly underWay = new Map<number, Promise<unknown>>();
  private hasGravity: boolean;
  private hasAcceleration: boolean;

  constructor(
    readonly key: string,
    stored?: StoredSession,
  ) {
    this.ids = new MessageIds(stored?.ids);
    this.annotations = stored?.annotations ?? [];
    this.uncalibratedInG = stored?.uncalibratedInG ?? null;
    this.hasGravity = stored?.hasGravity ?? false;
    this.hasAcceleration = stored?.hasAcceleration ?? false;
  }

  /** Takes note of which sensors are on. */
  hear(readings: readonly PhoneReading[]): void {
    for (const { name } of readings) {
      if (name === 'gravity') this.hasGravity = true;
      if (name.includes('accel')) this.hasAcceleration = true;
    }
  }

  /** Whether a hint still stands: a short message may lack a sensor that is on. */
  concerns(hint: PhoneHint): boolean {
    if (hint === 'gravity_off') return !this.hasGravity;
    return hint !== 'accelerometer_off' || !this.hasAcceleration;
  }

  /** The same one twice is one. */
  annotate(annotations: readonly Annotation[]): void {
    if (annotations.length === 0) return;
    const all = new Map<string, Annotation>();
    for (const each of [...this.annotations, ...annotations]) all.set(`${each.ms} ${each.subNs}`, each);
    this.annotations = [...all.values()].sort(compareEventTime).slice(-MAX_ANNOTATIONS);
  }

  get stored(): StoredSession {
    const { key, annotations, uncalibratedInG, hasGravity, hasAcceleration } = this;
    return { key, ids: this.ids.entries, annotations, uncalibratedInG, hasGravity, hasAcceleration };
  }
}

export function sessionKey(user: string, device: string, session: string): string {
  return JSON.stringify([user, device, session]);
}
