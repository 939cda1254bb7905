/** A version is due when the model has grown by this fraction since the last. */
const GROWTH = 1 / 8;
/** Parts of so many learners make a version together. */
const PARTS = 2;
/** Parts that may wait for a version before they are made larger. */
const WAITING = 4;
const MOST_DOUBLINGS = 20;

/**
 * Windows after which the learners' parts make a version: few at first, when each is worth much to the others.
 * @param learned windows that the last version has learned.
 * @param most after so many a version is always due.
 */
export function windowsOfVersion(learned: number, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(learned * GROWTH)));
}

/**
 * Windows after which a learner hands in its part. While versions don't come, as when the merger moves, parts get
 * larger, each twice the one before: so few of them wait, however long that takes.
 * @param waiting parts handed in that no version holds.
 */
export function windowsOfPart(learned: number, most: number, waiting: number): number {
  const windows = Math.ceil(windowsOfVersion(learned, most) / PARTS);
  return windows * (1 << Math.max(0, Math.min(MOST_DOUBLINGS, waiting + 1 - WAITING)));
}
