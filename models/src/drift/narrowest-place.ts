import type { Alarm } from './alarm.js';
import { contains, userOf, type Place } from './place.js';

/** Part of a change that must lie at a place for it to explain the change. */
const EXPLAINS = 2 / 3;

/** The device, else the user, at which two thirds of the change or more lie; else the alarm's own place. */
export function narrowestPlace({ place, parts }: Pick<Alarm, 'place' | 'parts'>): Place {
  const users = new Map<Place, number>();
  let total = 0;
  for (const [device, excess] of parts) {
    total += excess;
    const user = userOf(device);
    users.set(user, (users.get(user) ?? 0) + excess);
  }
  if (!(total > 0)) return place;
  for (const [device, excess] of [...parts, ...users]) {
    if (excess >= EXPLAINS * total && contains(place, device)) return device;
  }
  return place;
}

/** Whether two thirds of the change or more lie at the given places together. */
export function isExplainedBy({ parts }: Pick<Alarm, 'parts'>, places: readonly Place[]): boolean {
  let total = 0;
  let explained = 0;
  for (const [device, excess] of parts) {
    total += excess;
    if (places.some((place) => contains(place, device))) explained += excess;
  }
  return total > 0 && explained >= EXPLAINS * total;
}
