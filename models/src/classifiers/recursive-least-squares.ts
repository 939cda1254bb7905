import { MAX_ACTIVITIES } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { LinearOutputs } from './linear-outputs.js';
import { symmetricMatrix, type SymmetricMatrix } from './symmetric-matrix.js';

/** Windows from one renewal of the ridge to the next. */
const RENEWAL_INTERVAL = 4;
/** P may be boosted up to so many times its initial trace. */
const MOST_BOOST = 3;

/** Of what is known in a window's direction, so much at most can be its own and be taken out again. */
const MOST_UNLEARNED = 1 - 1e-9;

export interface LeastSquaresOptions {
  readonly inputs: number;
  /** Weight of the squared norm of the weights in the sum that is minimised. */
  readonly ridge: number;
  /** Weight of a window relative to the next, 0 < λ ≤ 1: the memory is about 1 / (1 − λ) windows. */
  readonly forgetting: number;
}

/**
 * Ridge regression of many outputs on the same inputs, one window at a time: recursive least squares with exponential
 * forgetting (Haykin, Adaptive Filter Theory, ch. 10). With forgetting 1 the weights equal those of the batch solution
 * W = (Σ h hᵀ + ridge·I)⁻¹ Σ h tᵀ. All outputs share the covariance P, which is symmetric by construction: only its
 * upper triangle is stored, row by row.
 *
 * An output that appears late starts at weight 0, which is exactly where it would stand had its target been 0 so far.
 *
 * Forgetting alone would forget the ridge too, and P would grow without bound wherever nothing new is seen
 * ("wind-up"): 10^217 after a million windows of a phone on a table. Stopping to forget while the trace of P is large is
 * no way out: inputs that are never excited keep it large, and then nothing is forgotten any more. So the ridge is
 * renewed: at every fourth window one input, in turn, is shown alone with target 0, with the weight that its ridge has
 * lost since its last turn. The ridge stays between {@link RecursiveLeastSquares.leastRidge} and its full weight, P
 * stays below the inverse of that in every direction, and what is seen is forgotten at the same pace for ever.
 */
export class RecursiveLeastSquares {
  readonly inputs: number;
  readonly ridge: number;
  readonly forgetting: number;
  /** P; its vector is the gain. */
  private readonly covariance: SymmetricMatrix;
  private readonly linear: LinearOutputs;
  private readonly scoresOfOne = new Float64Array(MAX_ACTIVITIES);
  /** What the ridge of an input has lost when its turn comes, and the square root of it. */
  private readonly renewal: number;
  private readonly renewalInput: number;
  private outputsHeld = 0;
  /** Windows until the next renewal, and whose turn it is. */
  private untilRenewal = RENEWAL_INTERVAL;
  private turn = 0;

  constructor(options: LeastSquaresOptions) {
    const { inputs, ridge, forgetting } = options;
    this.inputs = inputs;
    this.ridge = ridge;
    this.forgetting = forgetting;
    this.covariance = symmetricMatrix(inputs);
    this.linear = new LinearOutputs(inputs);
    let kept = 1;
    for (let i = 0; i < RENEWAL_INTERVAL * inputs; i++) kept *= forgetting;
    this.renewal = ridge * (1 - kept);
    this.renewalInput = Math.sqrt(this.renewal);
    this.resetCovariance();
  }

  /** What is left of the ridge of an input just before its turn. */
  get leastRidge(): number {
    return this.ridge - this.renewal;
  }

  get outputs(): number {
    return this.outputsHeld;
  }

  addOutput(): void {
    this.outputsHeld++;
  }

  /** Weight of one input for one output. */
  weight(output: number, input: number): number {
    return this.linear.row(output)[input];
  }

  /** Trace of P: how unsure the weights are, all together. */
  trace(): number {
    const { inputs } = this;
    const { triangle } = this.covariance;
    let sum = 0;
    for (let i = 0, d = 0; i < inputs; d += inputs - i, i++) sum += triangle[d];
    return sum;
  }

  /** Writes each output's value for `h` to `scores`. */
  evaluate(h: Float64Array, scores: Float64Array): void {
    this.linear.evaluate(h, scores, this.outputsHeld);
  }

  /**
   * Learns that inputs `h` go with 1 for `target` and 0 for every other output.
   * @param scores what {@link evaluate} says of `h` now.
   * @param weight of its squared error in the sum that is minimised, above 0; 2 = as if it had come twice at once.
   */
  learn(h: Float64Array, scores: Float64Array, target: number, weight = 1): void {
    let quadratic = this.covariance.multiply(h);
    if (!(quadratic >= 0)) {
      // Rounding has cost P its positive definiteness: keep the weights, begin again with how sure they are.
      this.resetCovariance();
      quadratic = this.covariance.multiply(h);
    }
    this.correct(scores, target, quadratic, this.forgetting, weight);
    if (this.renewal > 0 && --this.untilRenewal === 0) {
      this.untilRenewal = RENEWAL_INTERVAL;
      this.renew(this.turn);
      this.turn = (this.turn + 1) % this.inputs;
    }
  }

  /**
   * Takes a window out of the sum that is minimised. Does nothing where rounding has left too little of it in there.
   * @param weight what it counts for by now.
   */
  unlearn(h: Float64Array, scores: Float64Array, target: number, weight: number): void {
    const quadratic = this.covariance.multiply(h);
    if (weight * quadratic < MOST_UNLEARNED) this.correct(scores, target, quadratic, 1, -weight);
  }

  /**
   * Adds `amount`·I to P: the weights stand, but the windows to come count for more. The trace is not
   * brought above three times its initial value.
   */
  boost(amount: number): void {
    const { inputs } = this;
    const { triangle } = this.covariance;
    const room = (MOST_BOOST * inputs) / this.ridge - this.trace();
    const added = Math.max(0, Math.min(amount, room / inputs));
    for (let i = 0, d = 0; i < inputs; d += inputs - i, i++) triangle[d] += added;
  }

  write(state: StateWriter): void {
    state.u32(this.outputsHeld).u32(this.untilRenewal).u32(this.turn).f64Array(this.covariance.triangle);
    this.linear.write(state, this.outputsHeld);
  }

  read(state: StateReader): void {
    const outputs = state.u32();
    if (outputs > MAX_ACTIVITIES) throw new StateFormatError(`${outputs} outputs`);
    this.outputsHeld = outputs;
    this.untilRenewal = state.u32();
    this.turn = state.u32();
    if (this.untilRenewal > RENEWAL_INTERVAL || this.turn >= this.inputs) {
      throw new StateFormatError('the renewal of the ridge is damaged');
    }
    const { triangle } = this.covariance;
    triangle.set(state.f64Array(triangle.length));
    this.linear.read(state, outputs);
  }

  /** Shows input `i` alone, with target 0 for every output. */
  private renew(i: number): void {
    const { inputs, renewalInput, scoresOfOne } = this;
    const { triangle, vector: gain } = this.covariance;
    // gain = P eᵢ · √weight: down the column to the diagonal, then along the row.
    let p = i;
    for (let j = 0; j < i; j++) {
      gain[j] = triangle[p] * renewalInput;
      p += inputs - j - 1;
    }
    for (let j = i; j < inputs; j++, p++) gain[j] = triangle[p] * renewalInput;
    for (let c = 0; c < this.outputsHeld; c++) scoresOfOne[c] = this.weight(c, i) * renewalInput;
    this.correct(scoresOfOne, -1, gain[i] * renewalInput, 1, 1);
  }

  /** Weights and P after a window with this gain, hᵀ P h and scores. */
  private correct(
    scores: Float64Array,
    target: number,
    quadratic: number,
    lambda: number,
    weight: number,
  ): void {
    const { inputs, outputsHeld } = this;
    const { vector: gain } = this.covariance;
    const { weights } = this.linear;
    const scale = weight / (lambda + weight * quadratic);
    for (let c = 0; c < outputsHeld; c++) {
      const step = ((c === target ? 1 : 0) - scores[c]) * scale;
      const row = c * inputs;
      for (let i = 0; i < inputs; i++) weights[row + i] += gain[i] * step;
    }
    this.covariance.downdate(scale, 1 / lambda);
  }

  private resetCovariance(): void {
    const { inputs } = this;
    const { triangle } = this.covariance;
    triangle.fill(0);
    for (let i = 0, d = 0; i < inputs; d += inputs - i, i++) triangle[d] = 1 / this.ridge;
  }
}
