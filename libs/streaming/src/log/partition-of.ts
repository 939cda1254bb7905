/**
 * The partition in which everything of a user stands: FNV-1a of the name's UTF-16 code units, low byte first, modulo
 * the number of partitions. It must never change: a log's records stand where it said.
 */
export function partitionOf(user: string, partitions: number): number {
  if (partitions === 1) return 0;
  let hash = 0x811c9dc5;
  for (let i = 0; i < user.length; i++) {
    const unit = user.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return (hash >>> 0) % partitions;
}
