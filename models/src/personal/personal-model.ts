import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { RecursiveLeastSquares } from '../classifiers/recursive-least-squares.js';

/**
 * Chosen on windows of four people; none of it is sharp: with a ridge of 1 to 6, a memory of 50 to 200 windows and 15
 * to 124 features the accuracy of the first 250 windows after a phone was turned over stays within .90 and .92, that of
 * quiet windows within .973 and .980.
 */
const RIDGE = 0.3;
const FORGETTING = 0.99;

/** Trust in the personal model before it has proved itself, and the share of it that is given back at each window. */
const FIRST_TRUST = 0.7;
const GIVEN_BACK = 0.05;
/** After so many windows it is trusted half as much as it has earned: of few labels it knows little. */
const UNSURE_WINDOWS = 20;
/** No window says more about whom to trust than one at which the truth had this probability. */
const LEAST_PROBABILITY = 0.02;
/** Classes whose shared probability is read: those met first. Of the others only the correction is learned. */
const READ_CLASSES = 15;
/** Inputs besides the features: those and a bias. */
export const OTHER_INPUTS = 1 + READ_CLASSES;
/** A shared probability is read as its logarithm from e⁻² on, brought to 0 … 1. */
const LEAST_LOG = -2;

/**
 * What sets one person apart from the shared model: for each class the correction of its probability, linear in a few
 * features and in the logarithms of the shared probabilities; by recursive least squares with a memory of a hundred
 * windows. Before the first window it corrects nothing.
 *
 * Shared and corrected probabilities are mixed by trust: fixed-share weights (Herbster & Warmuth 1998) by the square
 * root of the probability that each gave to the truth, so that a personal model that misleads is heard less within a
 * few windows, and one that helps is heard again.
 */
export class PersonalModel {
  private readonly solver: RecursiveLeastSquares;
  private trustHeld = FIRST_TRUST;
  private learnedHeld = 0;

  /** @param features how many features it reads. */
  constructor(private readonly features: number) {
    const inputs = features + OTHER_INPUTS;
    this.solver = new RecursiveLeastSquares({ inputs, ridge: RIDGE, forgetting: FORGETTING });
  }

  /** Windows learned. */
  get learned(): number {
    return this.learnedHeld;
  }

  /** Weight of the personal model in the mixture, 0 to 1. */
  get trust(): number {
    return (this.trustHeld * this.learnedHeld) / (this.learnedHeld + UNSURE_WINDOWS);
  }

  /** Completes `inputs`, of which there are `features + OTHER_INPUTS` and whose first values are the standardised features, by the shared probabilities and a bias. */
  writeInputs(shared: Float64Array, inputs: Float64Array): void {
    const { features } = this;
    inputs[features] = 1;
    inputs.fill(0, features + 1);
    for (let c = 0; c < shared.length && c < READ_CLASSES; c++) {
      const log = Math.log(shared[c]);
      inputs[features + 1 + c] = Math.max(log, LEAST_LOG) / 2 + 1;
    }
  }

  /** Writes a score for each class, near 1 for the likely one, to `scores`; classes not met here keep the shared one. */
  evaluate(shared: Float64Array, inputs: Float64Array, scores: Float64Array): void {
    this.solver.evaluate(inputs, scores);
    scores.fill(0, this.solver.outputs);
    for (let c = 0; c < shared.length; c++) scores[c] += shared[c];
  }

  /** @param scores what {@link evaluate} says of `inputs` now. */
  learn(inputs: Float64Array, scores: Float64Array, target: number): void {
    while (this.solver.outputs <= target) this.solver.addOutput();
    this.solver.learn(inputs, scores, target);
    this.learnedHeld++;
  }

  /** Moves the trust by what the shared and the personal model gave to the class that was true. */
  judge(shared: number, personal: number): void {
    const ours = this.trustHeld * Math.sqrt(Math.max(personal, LEAST_PROBABILITY));
    const theirs = (1 - this.trustHeld) * Math.sqrt(Math.max(shared, LEAST_PROBABILITY));
    this.trustHeld = (ours / (ours + theirs)) * (1 - GIVEN_BACK) + GIVEN_BACK * FIRST_TRUST;
  }

  write(state: StateWriter): void {
    state.f64(this.learnedHeld).f64(this.trustHeld);
    this.solver.write(state);
  }

  read(state: StateReader): void {
    this.learnedHeld = state.f64();
    this.trustHeld = state.f64();
    if (!(this.trustHeld >= 0 && this.trustHeld <= 1)) throw new StateFormatError('trust is no fraction');
    this.solver.read(state);
  }
}
