/** A record's offset, and Kafka's offset of the message that begins with it. */
interface Point {
  readonly first: number;
  readonly kafkaOffset: number;
}

/** Messages nearer than this are read through rather than searched. */
const NEAR = 256;
/** Points closer to each other are not worth keeping. */
const APART = 64;

/** Where in Kafka records stand, as far as has been seen; the rest is found by bisection. */
export class OffsetIndex {
  private readonly points: Point[] = [{ first: 0, kafkaOffset: 0 }];

  add(first: number, kafkaOffset: number): void {
    const at = this.behind(first);
    const before = this.points[at - 1];
    const after = this.points[at];
    if (kafkaOffset - before.kafkaOffset < APART) return;
    if (after !== undefined && after.kafkaOffset - kafkaOffset < APART) return;
    this.points.splice(at, 0, { first, kafkaOffset });
  }

  /**
   * Kafka's offset of a message at or a little before the one that holds this record.
   * @param probe the first message at or behind one of Kafka's offsets, null when there is none.
   */
  async locate(
    offset: number,
    probe: (kafkaOffset: number) => Promise<(Point & { readonly stable: number }) | null>,
  ): Promise<number> {
    const at = this.behind(offset);
    let low = this.points[at - 1];
    // A message holds a record at least.
    let high = this.points[at]?.kafkaOffset ?? null;
    if (offset - low.first <= NEAR) return low.kafkaOffset;
    if (high === null) {
      const found = await probe(low.kafkaOffset);
      if (found === null) return low.kafkaOffset;
      high = found.stable;
    }
    while (high - low.kafkaOffset > NEAR) {
      const middle: number = low.kafkaOffset + Math.floor((high - low.kafkaOffset) / 2);
      const found = await probe(middle);
      if (found === null || found.first > offset || found.kafkaOffset >= high) high = middle;
      else low = { first: found.first, kafkaOffset: found.kafkaOffset };
      if (found !== null) this.add(found.first, found.kafkaOffset);
    }
    return low.kafkaOffset;
  }

  /** How many points are at or before this offset: one at least. */
  private behind(offset: number): number {
    let low = 0;
    for (let high = this.points.length; low < high;) {
      const middle = (low + high) >>> 1;
      if (this.points[middle].first <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
