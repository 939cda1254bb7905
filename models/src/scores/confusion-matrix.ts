import type { ScoreSummary } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';

/** How a class was told from the others. A ratio of nothing to nothing is 0. */
export interface ClassScore {
  readonly class: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Windows that were truly of this class. */
  readonly support: number;
}

/** Classes kept; a service has at most 32, and predictions of a few more can come from a file. */
const MOST_CLASSES = 1024;

/** Counts of (true class, predicted class), growing with the classes that appear. */
export class ConfusionMatrix {
  readonly classes: string[] = [];
  private readonly numbers = new Map<string, number>();
  /** `rows[truth][predicted]`. */
  private readonly rows: number[][] = [];
  private countHeld = 0;

  add(truth: string, predicted: string): void {
    const row = this.rows[this.number(truth)];
    row[this.number(predicted)]++;
    this.countHeld++;
  }

  /** Takes back one earlier `add` of the same pair. */
  remove(truth: string, predicted: string): void {
    const row = this.rows[this.number(truth)];
    row[this.number(predicted)]--;
    this.countHeld--;
  }

  /** Adds all that another has counted. */
  addAll(other: ConfusionMatrix): void {
    const numbers = other.classes.map((name) => this.number(name));
    for (const [truth, row] of other.rows.entries())
      for (const [predicted, count] of row.entries()) this.rows[numbers[truth]][numbers[predicted]] += count;
    this.countHeld += other.countHeld;
  }

  get count(): number {
    return this.countHeld;
  }

  at(truth: string, predicted: string): number {
    const row = this.numbers.get(truth);
    const column = this.numbers.get(predicted);
    return row === undefined || column === undefined ? 0 : this.rows[row][column];
  }

  /** Share of right predictions; 0 of none. */
  get accuracy(): number {
    return this.countHeld === 0 ? 0 : this.right() / this.countHeld;
  }

  /** Cohen's kappa (1960): 0 = as good as chance with the same shares, 1 = perfect; 0 where chance is perfect too. */
  get kappa(): number {
    const n = this.countHeld;
    if (n === 0) return 0;
    let chance = 0;
    for (let c = 0; c < this.classes.length; c++) chance += (this.support(c) / n) * (this.predicted(c) / n);
    return chance === 1 ? 0 : (this.right() / n - chance) / (1 - chance);
  }

  /** Mean F1 over the classes that were true or predicted at least once. */
  get macroF1(): number {
    let sum = 0;
    let present = 0;
    for (let c = 0; c < this.classes.length; c++) {
      const involved = this.support(c) + this.predicted(c);
      if (involved === 0) continue;
      present++;
      sum += (2 * this.rows[c][c]) / involved;
    }
    return present === 0 ? 0 : sum / present;
  }

  summary(): ScoreSummary {
    const { count: windows, accuracy, kappa, macroF1 } = this;
    return { windows, accuracy, kappa, macroF1 };
  }

  /** Classes that were true or predicted at least once, in the order they appeared. */
  perClass(): ClassScore[] {
    const scores: ClassScore[] = [];
    for (const [c, name] of this.classes.entries()) {
      const support = this.support(c);
      const predicted = this.predicted(c);
      if (support + predicted === 0) continue;
      const right = this.rows[c][c];
      scores.push({
        class: name,
        precision: predicted === 0 ? 0 : right / predicted,
        recall: support === 0 ? 0 : right / support,
        f1: (2 * right) / (support + predicted),
        support,
      });
    }
    return scores;
  }

  /** Rows are true classes, columns predicted ones, both in the order of `classes`. */
  table(): { readonly classes: readonly string[]; readonly counts: readonly (readonly number[])[] } {
    return { classes: [...this.classes], counts: this.rows.map((row) => [...row]) };
  }

  write(state: StateWriter): void {
    state.u32(this.classes.length);
    for (const name of this.classes) state.string(name);
    for (const row of this.rows) state.f64Array(Float64Array.from(row));
  }

  static read(state: StateReader): ConfusionMatrix {
    const matrix = new ConfusionMatrix();
    const size = state.u32();
    if (size > MOST_CLASSES) throw new StateFormatError(`${size} classes`);
    for (let c = 0; c < size; c++) {
      if (matrix.number(state.string()) !== c) throw new StateFormatError('a class stands twice');
    }
    for (let truth = 0; truth < size; truth++) {
      const row = state.f64Array(size);
      for (let c = 0; c < size; c++) {
        matrix.rows[truth][c] = row[c];
        matrix.countHeld += row[c];
      }
    }
    return matrix;
  }

  private number(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    if (this.classes.length === MOST_CLASSES) throw new RangeError(`more than ${MOST_CLASSES} classes`);
    const added = this.classes.length;
    this.classes.push(name);
    this.numbers.set(name, added);
    for (const row of this.rows) row.push(0);
    this.rows.push(new Array<number>(added + 1).fill(0));
    return added;
  }

  private right(): number {
    let sum = 0;
    for (let c = 0; c < this.rows.length; c++) sum += this.rows[c][c];
    return sum;
  }

  private support(c: number): number {
    let sum = 0;
    for (const count of this.rows[c]) sum += count;
    return sum;
  }

  private predicted(c: number): number {
    let sum = 0;
    for (const row of this.rows) sum += row[c];
    return sum;
  }
}
