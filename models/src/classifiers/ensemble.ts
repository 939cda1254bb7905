import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import type { Classifier, ClassifierFactory, ClassifierOptions } from '../classifier.js';
import { isBoostable, type Boostable } from './boostable.js';
import { isInferring, type Inferring } from './inferring.js';
import { linearDiscriminant } from './linear-discriminant.js';
import { NumberedClassifier } from './numbered-classifier.js';
import { randomFeatureRls } from './random-feature-rls.js';
import { isUnlearnable, type Unlearnable } from './unlearnable.js';

const FORMAT = { name: 'ensemble', version: 1 };
const MEMBERS: readonly ClassifierFactory[] = [randomFeatureRls, linearDiscriminant];

/** How fast a weight falls with the loss. With 1 the best member of the last while answers nearly alone. */
const RATE = 0.1;
/** Weight of a window's loss relative to the next: the memory is about 100 windows. */
const DECAY = 0.99;
/** No window costs a member more than −log of it. */
const LEAST_PROBABILITY = 1e-3;

/**
 * The members' probabilities, averaged with weights exp(−rate · recent log loss): the exponentially weighted average
 * forecaster (Cesa-Bianchi & Lugosi, Prediction, Learning, and Games, 2.1), with discounted losses (2.11) so that it
 * follows a member that gets better. Losses are of answers given before learning.
 *
 * Least squares is best where much was learned, the discriminant where little was, and they err on different windows: on
 * recordings of four people, in several orders, the two together were right as often as the better of them or more
 * often, but for one or two of 1,493 windows. Softmax, ridge sums or naive Bayes as a third member changed no accuracy
 * by more than the order of the windows does.
 */
export class WeightedEnsemble extends NumberedClassifier implements Boostable, Inferring, Unlearnable {
  private members: readonly Classifier[];
  private readonly losses = new Float64Array(MEMBERS.length);
  /** By member, sum 1. */
  readonly weights = new Float64Array(MEMBERS.length).fill(1 / MEMBERS.length);

  constructor(options: ClassifierOptions) {
    super(FORMAT, options.dimensions);
    this.members = MEMBERS.map((factory) => factory.create(options));
  }

  /** Makes the windows to come count for more in the members that can do so. */
  boost(amount: number): void {
    for (const member of this.members) if (isBoostable(member)) member.boost(amount);
    this.forgetAnswer();
  }

  /** Of the member that weighs windows; the others take each for one. */
  get lastWeight(): number {
    let weight = 1;
    for (const member of this.members)
      if (isUnlearnable(member) && member.lastWeight !== 1) weight = member.lastWeight;
    return weight;
  }

  unlearn(x: Float64Array, label: string, learned: { readonly weight: number; readonly age: number }): void {
    for (const member of this.members) if (isUnlearnable(member)) member.unlearn(x, label, learned);
    this.assume(this.classes, this.learned - 1);
  }

  /** What it says of the members' success is nothing: nobody knows whether the label is right. */
  learnInferred(x: Float64Array, label: string, trust: number): void {
    this.take(x, label, () => {
      // All members have the same classes, so a new one is learned by all.
      for (const member of this.members) {
        if (isInferring(member)) member.learnInferred(x, label, trust);
        else member.learn(x, label);
      }
    });
  }

  protected estimate(x: Float64Array, probabilities: Float64Array): void {
    const { members, weights } = this;
    probabilities.fill(0);
    for (let m = 0; m < members.length; m++) {
      const said = members[m].predict(x);
      for (let c = 0; c < said.length; c++) probabilities[c] += weights[m] * said[c];
    }
    let sum = 0;
    // The weights' sum is 1 but for rounding.
    for (let c = 0; c < probabilities.length; c++) sum += probabilities[c];
    for (let c = 0; c < probabilities.length; c++) probabilities[c] /= sum;
  }

  protected absorb(x: Float64Array, target: number): void {
    const { members, losses } = this;
    for (let m = 0; m < members.length; m++) {
      const said = members[m].predict(x);
      // Nobody could have said a class that has just appeared.
      const loss = target < said.length ? -Math.log(Math.max(LEAST_PROBABILITY, said[target])) : 0;
      losses[m] = DECAY * losses[m] + loss;
      members[m].learn(x, this.classes[target]);
    }
    this.weigh();
  }

  protected write(state: StateWriter): void {
    state.f64Array(this.losses);
    for (const member of this.members) state.bytes(member.snapshot());
  }

  protected read(state: StateReader): void {
    this.losses.set(state.f64Array(MEMBERS.length));
    this.members = MEMBERS.map((factory) => factory.restore(state.bytes()));
    for (const { name, dimensions, classes } of this.members) {
      if (dimensions !== this.dimensions || classes.join('\n') !== this.classes.join('\n')) {
        throw new StateFormatError(`the member ${name} has other features or classes than the ensemble`);
      }
    }
    this.weigh();
  }

  private weigh(): void {
    const { losses, weights } = this;
    let least = losses[0];
    for (let m = 1; m < losses.length; m++) if (losses[m] < least) least = losses[m];
    let sum = 0;
    for (let m = 0; m < losses.length; m++) {
      weights[m] = Math.exp(-RATE * (losses[m] - least));
      sum += weights[m];
    }
    for (let m = 0; m < losses.length; m++) weights[m] /= sum;
  }
}

export const weightedEnsemble = NumberedClassifier.factory(
  FORMAT,
  (options) => new WeightedEnsemble(options),
);
