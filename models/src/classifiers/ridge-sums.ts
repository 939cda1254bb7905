import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { LinearOutputs } from './linear-outputs.js';
import { addOuterProduct, factorise, solveFactorised, triangleLength } from './packed-cholesky.js';

/** So much more ridge is tried when rounding has cost the sums their definiteness. */
const MORE_RIDGE = 10;

/**
 * Ridge regression of class indicators in information form: A = Σ h hᵀ, packed, and for each class b = Σ h over its
 * windows. The weights of a class are (A + ridge·I)⁻¹ b, as batch least squares with target 1 for its windows and 0 for
 * all others. The last input is always 1, so the last element of b counts the windows of the class.
 */
export class RidgeSums {
  readonly a: Float64Array;
  readonly b: LinearOutputs;
  private readonly factor: Float64Array;

  constructor(
    readonly inputs: number,
    readonly ridge: number,
  ) {
    this.a = new Float64Array(triangleLength(inputs));
    this.b = new LinearOutputs(inputs);
    this.factor = new Float64Array(this.a.length);
  }

  /** Windows of a class. */
  windows(target: number): number {
    return this.b.row(target)[this.inputs - 1];
  }

  /** Windows of all classes. */
  get allWindows(): number {
    return this.a[this.a.length - 1];
  }

  /** @param h inputs, the last of them 1. */
  add(h: Float64Array, target: number): void {
    addOuterProduct(this.a, h, 1);
    const row = this.b.row(target);
    for (let i = 0; i < h.length; i++) row[i] += h[i];
  }

  /** Adds `sign` times other sums. @param targets the class here of each class there; −1 for one that is left out. */
  combine(other: RidgeSums, targets: readonly number[], sign: 1 | -1): void {
    for (let p = 0; p < this.a.length; p++) this.a[p] += sign * other.a[p];
    for (const [there, here] of targets.entries()) {
      if (here < 0) continue;
      const [from, to] = [other.b.row(there), this.b.row(here)];
      for (let i = 0; i < this.inputs; i++) to[i] += sign * from[i];
    }
  }

  /**
   * Writes the weights of the first `count` classes.
   * @returns the share of the indicators' variance that the fit leaves unexplained, 0 to 1.
   */
  solve(count: number, weights: LinearOutputs): number {
    const ridge = this.factorise();
    let variance = 0;
    let residual = 0;
    for (let c = 0; c < count; c++) {
      const [w, b] = [weights.row(c), this.b.row(c)];
      w.set(b);
      solveFactorised(this.factor, w);
      // |t − H w|² = n − wᵀb − ridge·|w|² at the solution.
      const n = this.windows(c);
      variance += n - (n * n) / this.allWindows;
      residual += n;
      for (let i = 0; i < this.inputs; i++) residual -= w[i] * (b[i] + ridge * w[i]);
    }
    return variance > 0 ? Math.max(0, Math.min(1, residual / variance)) : 0;
  }

  write(state: StateWriter, count: number): void {
    state.f64Array(this.a);
    this.b.write(state, count);
  }

  read(state: StateReader, count: number): void {
    this.a.set(state.f64Array(this.a.length));
    this.b.read(state, count);
    if (!this.a.every(Number.isFinite)) throw new StateFormatError('the sums are not finite');
  }

  /** @returns the ridge with which `factor` holds the factor of A + ridge·I. */
  private factorise(): number {
    const { a, factor, inputs } = this;
    for (let ridge = this.ridge; ; ridge *= MORE_RIDGE) {
      factor.set(a);
      for (let i = 0, d = 0; i < inputs; d += inputs - i, i++) factor[d] += ridge;
      if (factorise(factor, inputs)) return ridge;
    }
  }
}
