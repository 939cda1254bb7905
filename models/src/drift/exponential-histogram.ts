import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';

/** Buckets of one size before the two oldest are merged. */
const MOST_OF_A_SIZE = 5;

/** Values that stand together: 2^row of them, their sum and the sum of their squared deviations. */
interface Bucket {
  readonly size: number;
  readonly total: number;
  readonly squares: number;
}

/**
 * A window of values in logarithmic space (Datar et al. 2002): single values at the new end, merged two and two as
 * they grow old. Sums are updated in River's order, for River's bits.
 */
export class ExponentialHistogram {
  width = 0;
  total = 0;
  /** Sum of squared deviations from the mean. */
  squares = 0;
  /** `rows[r]` holds the buckets of 2^r values, oldest first. */
  private readonly rows: Bucket[][] = [[]];

  add(value: number): void {
    this.rows[0].push({ size: 1, total: value, squares: 0 });
    this.width++;
    if (this.width > 1) {
      const before = this.width - 1;
      const deviation = value - this.total / before;
      this.squares += (before * deviation * deviation) / this.width;
    }
    this.total += value;
    this.merge();
  }

  dropOldest(): void {
    const row = this.rows[this.rows.length - 1];
    const oldest = row[0];
    row.shift();
    if (row.length === 0 && this.rows.length > 1) this.rows.pop();
    this.width -= oldest.size;
    this.total -= oldest.total;
    const difference = oldest.total / oldest.size - this.total / this.width;
    this.squares -=
      oldest.squares + (oldest.size * this.width * difference * difference) / (oldest.size + this.width);
  }

  *oldestFirst(): Generator<Bucket, void, undefined> {
    for (let r = this.rows.length - 1; r >= 0; r--) yield* this.rows[r];
  }

  write(state: StateWriter): void {
    state.f64(this.width).f64(this.total).f64(this.squares).u32(this.rows.length);
    for (const row of this.rows) {
      state.u32(row.length);
      for (const { total, squares } of row) state.f64(total).f64(squares);
    }
  }

  static read(state: StateReader): ExponentialHistogram {
    const restored = new ExponentialHistogram();
    restored.width = state.f64();
    restored.total = state.f64();
    restored.squares = state.f64();
    restored.rows.length = 0;
    const rows = state.u32();
    if (rows < 1 || rows > 53) throw new StateFormatError(`${rows} bucket sizes`);
    let size = 1;
    for (let r = 0; r < rows; r++, size *= 2) {
      const length = state.u32();
      if (length > MOST_OF_A_SIZE) throw new StateFormatError(`${length} buckets of ${size}`);
      restored.rows.push(Array.from({ length }, () => ({ size, total: state.f64(), squares: state.f64() })));
    }
    return restored;
  }

  private merge(): void {
    for (let r = 0; r < this.rows.length; r++) {
      const row = this.rows[r];
      if (row.length <= MOST_OF_A_SIZE) return;
      const [a, b] = row;
      const { size } = a;
      const difference = a.total / size - b.total / size;
      const between = (size * size * difference * difference) / (size + size);
      if (r + 1 === this.rows.length) this.rows.push([]);
      this.rows[r + 1].push({
        size: 2 * size,
        total: a.total + b.total,
        squares: a.squares + b.squares + between,
      });
      row.splice(0, 2);
    }
  }
}
