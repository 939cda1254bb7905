/** Event time shown at once. */
export const RIBBON_MS = 300_000;

/** A device whose clock is this far from the others' is shown in its own time. */
const OTHER_CLOCK_MS = 600_000;

/** Height of a device's row, CSS pixels; that of its line in the list. */
export const ROW_PX = 33;

/** Right edge of a device's row: that of the page, or its own where its clock is quite another. */
export function rowEdgeMs(edgeMs: number, seenToMs: number): number {
  return Math.abs(edgeMs - seenToMs) > OTHER_CLOCK_MS ? seenToMs : edgeMs;
}

/** Where an instant stands, from 0 (left) to `width`. */
export function xOf(ms: number, edgeMs: number, width: number): number {
  return width * (1 - (edgeMs - ms) / RIBBON_MS);
}

/** The instant at a place. */
export function msAt(x: number, edgeMs: number, width: number): number {
  return edgeMs - RIBBON_MS * (1 - x / width);
}
