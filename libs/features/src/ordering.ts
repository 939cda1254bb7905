/**
 * Sorts series of one length by distribution: values go to as many cells of equal width as there are values, from
 * lowest to highest, and what shares a cell is sorted by insertion (Knuth, The Art of Computer Programming 3,
 * section 5.2.5). In motion a cell holds a value or two; one far outlier costs the square of the length.
 */
export class Ordering {
  /** Ascending after {@link sort}. */
  readonly values: Float64Array;
  private readonly cells: Int32Array;
  private readonly places: Int32Array;

  /** @param points values at most. */
  constructor(points: number) {
    this.values = new Float64Array(points);
    this.cells = new Int32Array(points);
    this.places = new Int32Array(points + 1);
  }

  /**
   * Puts the first `length` of `series`, which it leaves as they are, in order. Zeros of both signs count as the same.
   * @param min the lowest of them, or less.
   * @param max the highest, or more.
   */
  sort(series: Float64Array, length: number, min: number, max: number): void {
    const { values, cells, places } = this;
    places.fill(0);
    const cellsPerUnit = (length - 1) / (max - min);
    for (let i = 0; i < length; i++) {
      // A number that is none, as of values that are all the same, goes to the first cell.
      const cell = ((series[i] - min) * cellsPerUnit) | 0;
      cells[i] = cell;
      places[cell + 1]++;
    }
    for (let cell = 0; cell < length; cell++) places[cell + 1] += places[cell];
    for (let i = 0; i < length; i++) values[places[cells[i]]++] = series[i];
    for (let i = 1; i < length; i++) {
      const value = values[i];
      let at = i;
      for (; at > 0 && values[at - 1] > value; at--) values[at] = values[at - 1];
      values[at] = value;
    }
  }
}
