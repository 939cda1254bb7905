/** A member of a group, and the partitions that it works at the moment. */
export interface Member {
  readonly id: string;
  readonly holds: readonly number[];
}

/**
 * Shares partitions 0 … `partitions` − 1 out: every partition to one member, numbers that differ by one at most, and
 * as many as possible stay where they are. Depends on nothing but its arguments, whatever their order.
 */
export function stickyBalance(members: readonly Member[], partitions: number): Map<string, number[]> {
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1));
  const shares = new Map(sorted.map(({ id }) => [id, [] as number[]]));
  if (sorted.length === 0) return shares;
  const free = new Set(Array.from({ length: partitions }, (_, i) => i));
  const fair = Math.floor(partitions / sorted.length);
  let larger = partitions - fair * sorted.length;
  // Who holds most keeps the larger share.
  for (const { id, holds } of [...sorted].sort((a, b) => b.holds.length - a.holds.length)) {
    const share = shares.get(id)!;
    const kept = [...new Set(holds)].filter((partition) => free.has(partition)).sort((a, b) => a - b);
    const room = kept.length > fair && larger > 0 ? fair + 1 : fair;
    if (room > fair) larger--;
    for (const partition of kept.slice(0, room)) {
      share.push(partition);
      free.delete(partition);
    }
  }
  for (const partition of free) {
    const [, least] = [...shares].reduce((a, b) => (b[1].length < a[1].length ? b : a));
    least.push(partition);
  }
  for (const share of shares.values()) share.sort((a, b) => a - b);
  return shares;
}
