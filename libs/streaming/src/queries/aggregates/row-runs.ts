/**
 * Rows of a batch by the groups that take them, as runs: run `r` is the rows `rows[j]`, `starts[r]` ≤ j < `ends[r]`, and
 * belongs to the group at `slots[r]`. Neighbours are of one group as a rule, so there are far fewer runs than rows. The
 * runs of one group are in the order of its rows; a row that several groups take is in a run of each.
 */
export class RowRuns {
  rows: Int32Array = new Int32Array(0);
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  slots = new Int32Array(64);
  /** The stretch of rows that each run was cut from. */
  stretches = new Int32Array(64);
  count = 0;

  /** Begins anew. */
  begin(rows: Int32Array): void {
    this.rows = rows;
    this.count = 0;
  }

  add(start: number, end: number, slot: number, stretch = 0): void {
    if (this.count === this.slots.length) this.grow();
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.slots[this.count] = slot;
    this.stretches[this.count++] = stretch;
  }

  /** Adds one row, to the last run where that is of the same group and ends just before it. */
  addRow(at: number, slot: number): void {
    const last = this.count - 1;
    if (last >= 0 && this.slots[last] === slot && this.ends[last] === at) this.ends[last] = at + 1;
    else this.add(at, at + 1, slot);
  }

  /** The same groups, of which each run takes the head of its stretch alone. */
  heads(): RowRuns {
    const heads = new RowRuns();
    heads.begin(this.stretches);
    for (let r = 0; r < this.count; r++) heads.add(r, r + 1, this.slots[r], this.stretches[r]);
    return heads;
  }

  private grow(): void {
    this.starts = doubled(this.starts);
    this.ends = doubled(this.ends);
    this.slots = doubled(this.slots);
    this.stretches = doubled(this.stretches);
  }
}

function doubled(values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(values.length * 2);
  longer.set(values);
  return longer;
}
