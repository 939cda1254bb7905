/**
 * Whom something concerns: everyone (the empty string), a user (their name), or a device (`deviceKey`: user, NUL,
 * device). A place contains those that begin with it.
 */
export type Place = string;

export const EVERYONE: Place = '';

export function contains(outer: Place, inner: Place): boolean {
  return outer === inner || outer === EVERYONE || inner.startsWith(`${outer}\u0000`);
}

/** The user of a device's place or of their own. */
export function userOf(place: Place): string {
  const end = place.indexOf('\u0000');
  return end < 0 ? place : place.slice(0, end);
}

/** The device's name; null for a user and for everyone. */
export function deviceOf(place: Place): string | null {
  const end = place.indexOf('\u0000');
  return end < 0 ? null : place.slice(end + 1);
}

/** The users and devices that a place names: none for everyone, a user alone for a user. */
export function namesOf(place: Place): {
  readonly users: readonly string[];
  readonly devices: readonly string[];
} {
  const device = deviceOf(place);
  return { users: place === EVERYONE ? [] : [userOf(place)], devices: device === null ? [] : [device] };
}
