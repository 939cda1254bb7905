import type { Alert } from '@hark/contracts';
import type { UserScope } from '@hark/service';
import type { ChannelEntry } from './channel.js';

/** Whom an alert names: a drift's scope has lists, an alert about one device names it and its user. */
interface Named {
  readonly scope?: { readonly users?: unknown; readonly devices?: unknown };
  readonly users?: unknown;
  readonly user?: unknown;
  readonly device?: unknown;
}

/** The users and devices that an alert names, without repetition. */
export function alertScope({ data }: Partial<Alert>): {
  readonly users: string[];
  readonly devices: string[];
} {
  const { scope, users, user, device } = (data ?? {}) as Named;
  return {
    users: namesOf(scope?.users, users, user),
    devices: namesOf(scope?.devices, device),
  };
}

/**
 * What of an alert somebody may see who knows of some users only: nothing when it names users and none of them; its
 * scope cut to theirs when it names others too. Devices of a scope do not say whose they are: they are shown only
 * where all its users are known.
 */
export function alertWithin(
  alert: Partial<Alert>,
  entry: ChannelEntry,
  known: UserScope,
): ChannelEntry | null {
  // Reports count all users together.
  if (alert.type === 'hark.report') return null;
  const { users, devices } = alertScope(alert);
  const own = users.filter((user) => known.includes(user));
  if (own.length === users.length && (users.length > 0 || devices.length === 0)) return entry;
  const data = alert.data as Partial<Alert['data']> & Named;
  // An alert whose names do not stand in a scope can't be cut.
  if ((users.length > 0 && own.length === 0) || data.scope === undefined) return null;
  const scope = { ...data.scope, users: own, devices: [] };
  const payload = JSON.stringify({ ...alert, data: { ...data, scope } });
  return { ...entry, users: own.length > 0 ? own : null, devices: null, payload };
}

function namesOf(...values: readonly unknown[]): string[] {
  const names = values.flat().filter((value) => typeof value === 'string');
  return [...new Set(names)];
}
