import { TOPICS, type Alert, type ModelEvent } from '@hark/contracts';

/** Something that happened in the course of an evaluation, to be drawn on the axis of its scores. */
export interface Mark {
  /** Windows scored before it. */
  readonly at: number;
  /** A stage of a drift episode, another alert, a version made or gone to, or the first window of a left-out user. */
  readonly kind: 'warning' | 'drift' | 'recovered' | 'alert' | 'version' | 'user';
  readonly text: string;
  /** The drift episode that a stage belongs to. */
  readonly episode?: string;
}

const utf8 = new TextDecoder();

/** @returns the mark for a record of `alerts` or `models`; null where it says nothing of the course of things. */
export function markOf(topic: string, value: Uint8Array, at: number): Mark | null {
  if (topic === TOPICS.alerts) return markOfAlert(JSON.parse(utf8.decode(value)) as Alert, at);
  if (topic === TOPICS.models) return markOfModelEvent(JSON.parse(utf8.decode(value)) as ModelEvent, at);
  return null;
}

function markOfAlert(alert: Alert, at: number): Mark {
  if (alert.type !== 'hark.drift')
    return { at, kind: 'alert', text: `${alert.type} ${alert.subject ?? ''}`.trim() };
  const { episode, stage, detector, signal, before, after, scope } = alert.data;
  const { users, devices, classes, features = [] } = scope;
  const hit = [...users, ...devices, ...classes, ...features].join(', ');
  const text = `${detector} on ${signal}: ${before.toFixed(3)} → ${after.toFixed(3)}`;
  return { at, kind: stage, text: hit === '' ? text : `${text} (${hit})`, episode };
}

function markOfModelEvent(event: ModelEvent, at: number): Mark | null {
  if (event.kind === 'created') {
    return { at, kind: 'version', text: `v${event.manifest.version} (${event.manifest.cause})` };
  }
  if (event.kind === 'activated')
    return { at, kind: 'version', text: `v${event.from} → v${event.to} (${event.by})` };
  return null;
}
