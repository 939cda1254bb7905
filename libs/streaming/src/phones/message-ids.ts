/** Ranges kept of one session: further gaps than these are given up. */
const MAX_RANGES = 64;

/** `from` and `to` included. */
export type IdRange = readonly [from: number, to: number];

/** Which numbered messages of a session have come, in whatever order: ranges of whole numbers, ascending, apart. */
export class MessageIds {
  private ranges: IdRange[];

  constructor(ranges: readonly IdRange[] = []) {
    this.ranges = [...ranges];
  }

  has(id: number): boolean {
    return this.ranges.some(([from, to]) => from <= id && id <= to);
  }

  /** Remembers an id. Of more than 64 gaps the oldest is taken for lost, and messages from it for duplicates. */
  add(id: number): void {
    if (this.has(id)) return;
    const at = this.ranges.findIndex(([from]) => from > id);
    const index = at < 0 ? this.ranges.length : at;
    const before = this.ranges[index - 1];
    const after = this.ranges[index];
    const joinsBefore = before !== undefined && before[1] === id - 1;
    const joinsAfter = after !== undefined && after[0] === id + 1;
    const range: IdRange = [joinsBefore ? before[0] : id, joinsAfter ? after[1] : id];
    this.ranges.splice(index - Number(joinsBefore), Number(joinsBefore) + Number(joinsAfter), range);
    if (this.ranges.length > MAX_RANGES) this.ranges.splice(0, 2, [this.ranges[0][0], this.ranges[1][1]]);
  }

  /** How many between the first and the last that came have not. */
  get missing(): number {
    return this.ranges.slice(1).reduce((sum, [from], i) => sum + from - this.ranges[i][1] - 1, 0);
  }

  get entries(): readonly IdRange[] {
    return this.ranges;
  }
}
