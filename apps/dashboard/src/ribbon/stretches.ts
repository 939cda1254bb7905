import type { WindowRing } from './window-ring.js';

/** Consecutive windows of a device that were answered alike. */
export interface Stretch {
  /** As it is drawn: neighbours, whose windows overlap, meet half way. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Code of the activity; 0 = no answer. */
  readonly said: number;
  /** Index into `STATES`. */
  readonly state: number;
  /** Code of the label that its windows have; 0 where they have none or not the same. */
  readonly label: number;
  /** Indexes in the ring, both included. */
  readonly first: number;
  readonly last: number;
  /** Start of the first window and end of the last. */
  readonly windowsFromMs: number;
  readonly windowsToMs: number;
  /** Mean of its windows. */
  readonly confidence: number;
}

/** Windows this far apart do not touch: in between nothing was seen. */
const APART_MS = 500;

/** The stretches that touch a span of time, oldest first. */
export function stretches(ring: WindowRing, fromMs: number, toMs: number): Stretch[] {
  const found: Stretch[] = [];
  let index = ring.firstEndingAfter(fromMs);
  while (index < ring.size && ring.startOf(index) < toMs) {
    const first = index;
    const said = ring.saidAt(first);
    const state = ring.stateAt(first);
    let label = ring.labelAt(first);
    let confidence = ring.confidenceAt(first);
    while (index + 1 < ring.size && ring.startOf(index + 1) < toMs && touch(ring, index)) {
      if (ring.saidAt(index + 1) !== said || ring.stateAt(index + 1) !== state) break;
      index++;
      if (ring.labelAt(index) !== label) label = 0;
      confidence += ring.confidenceAt(index);
    }
    found.push({
      fromMs: edgeBefore(ring, first),
      toMs: index + 1 < ring.size ? edgeAfter(ring, index) : ring.endOf(index),
      said,
      state,
      label,
      first,
      last: index,
      windowsFromMs: ring.startOf(first),
      windowsToMs: ring.endOf(index),
      confidence: confidence / (index - first + 1),
    });
    index++;
  }
  return found;
}

/** The stretch that is drawn at an instant. */
export function stretchAt(ring: WindowRing, ms: number): Stretch | null {
  const around = 600_000;
  return (
    stretches(ring, ms - around, ms + around).find(({ fromMs, toMs }) => fromMs <= ms && ms < toMs) ?? null
  );
}

function touch(ring: WindowRing, index: number): boolean {
  return ring.startOf(index + 1) - ring.endOf(index) < APART_MS;
}

function edgeAfter(ring: WindowRing, index: number): number {
  if (!touch(ring, index)) return ring.endOf(index);
  const middle = (i: number): number => (ring.startOf(i) + ring.endOf(i)) / 2;
  return (middle(index) + middle(index + 1)) / 2;
}

function edgeBefore(ring: WindowRing, index: number): number {
  return index > 0 && touch(ring, index - 1) ? edgeAfter(ring, index - 1) : ring.startOf(index);
}
