import type { ChallengerScore } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import type { Classifier, ClassifierFactory } from '../classifier.js';
import { isInferring } from '../classifiers/inferring.js';
import { McNemar } from '../scores/mcnemar.js';
import { mostProbable } from '../scores/most-probable.js';
import {
  canLearn,
  freshModel,
  learnWindow,
  readModel,
  writeModel,
  type ModelCodec,
  type ModelState,
} from './model-state.js';

/** When a challenger counts as better. */
export interface ChallengeRules {
  /** Windows that one comparison is made over; then the next begins. */
  readonly windows: number;
  /** By how much its accuracy must be above the current one's. */
  readonly margin: number;
  /** The p-value that the difference must stay below. */
  readonly significance: number;
}

/** More than anybody runs. */
const MOST_CHALLENGERS = 64;

export const CHALLENGE_RULES: ChallengeRules = { windows: 1000, margin: 0.005, significance: 0.01 };

interface Challenger {
  /** The classifier that was asked for; the model may be of another once there was a promotion. */
  readonly asked: string;
  model: ModelState;
  comparison: McNemar;
  /** Of the last comparison that came to its end. */
  last: ChallengerScore | null;
  /** The version that it was last proposed as; null while it is not better. */
  proposed: number | null;
}

/** A comparison that has come to its end with the challenger ahead. */
export interface Challenge {
  readonly score: ChallengerScore;
  readonly model: ModelState;
  /** True in the first of several comparisons won in a row. */
  readonly isNew: boolean;
}

/**
 * Classifiers that learn the same windows as the current one and answer none. Both are scored on each labelled window
 * before they learn it, each asked alone: what an answer goes through afterwards, the user's personal model and the
 * device's filter, follows the model that answers, and would have to be kept once more for each challenger. So the better
 * of two is found, but both accuracies lie below that of the answers served. Comparisons are cut into blocks, and one block is decided once: looking after every window
 * and stopping at the first difference would find one between equals sooner or later.
 */
export class Challengers {
  private challengers: Challenger[];

  constructor(
    factories: readonly ClassifierFactory[],
    private readonly options: {
      readonly featureNames: readonly string[];
      readonly seed: number;
      readonly rules: ChallengeRules;
    },
  ) {
    this.challengers = factories.map((factory) => ({
      asked: factory.name,
      model: freshModel(factory, options.featureNames, options.seed),
      comparison: new McNemar(),
      last: null,
      proposed: null,
    }));
  }

  get names(): readonly string[] {
    return this.challengers.map(({ model }) => model.classifier.name);
  }

  /** The comparisons under way, and the last ones that came to their end. */
  scores(): {
    readonly running: ChallengerScore;
    readonly last: ChallengerScore | null;
    readonly proposed: number | null;
  }[] {
    return this.challengers.map((challenger) => ({
      running: scoreOf(challenger),
      last: challenger.last,
      proposed: challenger.proposed,
    }));
  }

  /**
   * Scores a window that none of them has learned yet.
   * @param features as the current classifier is shown them.
   * @param currentRight whether the current classifier, asked as the challengers are, is right.
   * @returns the challengers that have just won a comparison.
   */
  score(features: Float64Array, truth: string, currentRight: boolean): Challenge[] {
    const won: Challenge[] = [];
    for (const challenger of this.challengers) {
      const { classifier, lineage } = challenger.model;
      const probabilities = classifier.predict(features);
      if (probabilities.length === 0) continue;
      const predicted = classifier.classes[mostProbable(probabilities)];
      lineage.add(truth, predicted);
      challenger.comparison.add(currentRight, predicted === truth);
      if (challenger.comparison.windows < this.options.rules.windows) continue;
      const score = (challenger.last = scoreOf(challenger));
      challenger.comparison = new McNemar();
      const { margin, significance } = this.options.rules;
      const isBetter =
        score.challengerAccuracy - score.currentAccuracy >= margin && score.pValue < significance;
      if (isBetter) won.push({ score, model: challenger.model, isNew: challenger.proposed === null });
      else challenger.proposed = null;
    }
    return won;
  }

  learn(features: Float64Array, label: string): void {
    for (const { model } of this.challengers) {
      // Since a rollback it may know other classes than the current model.
      if (canLearn(model.classifier, label)) learnWindow(model, features, label);
    }
  }

  /** A window near a lonely label: what the current classifier learns of it, challengers that can do so learn too. */
  learnInferred(features: Float64Array, label: string, trust: number): void {
    for (const { model } of this.challengers) {
      const { classifier } = model;
      if (isInferring(classifier) && canLearn(classifier, label)) {
        classifier.learnInferred(features, label, trust);
      }
    }
  }

  /** Notes the version that pictures the challenger. */
  propose(name: string, version: number): void {
    for (const challenger of this.challengers) {
      if (challenger.model.classifier.name === name) challenger.proposed = version;
    }
  }

  /**
   * Another model answers from now on: comparisons begin anew. Where it is of a challenger's kind, the model that
   * answered so far takes that challenger's place.
   */
  modelReplaced(current: Classifier, before: ModelState): void {
    for (const challenger of this.challengers) {
      challenger.comparison = new McNemar();
      challenger.proposed = null;
      if (challenger.model.classifier.name === current.name && before.classifier.name !== current.name) {
        challenger.model = before;
      }
    }
  }

  write(state: StateWriter, featureSchema: string): void {
    state.u32(this.challengers.length);
    for (const { asked, model, comparison, last, proposed } of this.challengers) {
      state.string(asked).bytes(writeModel(model, featureSchema));
      comparison.write(state);
      state.f64(proposed ?? 0).bool(last !== null);
      if (last === null) continue;
      state.string(last.challenger).f64(last.windows).f64(last.currentAccuracy);
      state.f64(last.challengerAccuracy).f64(last.pValue);
    }
  }

  /** Challengers that are no longer asked for are dropped; those asked for the first time begin from nothing. */
  read(state: StateReader, codec: ModelCodec): void {
    const stored = state.u32();
    if (stored > MOST_CHALLENGERS) throw new StateFormatError(`${stored} challengers`);
    for (let i = 0; i < stored; i++) {
      const asked = state.string();
      const model = state.bytes();
      const comparison = McNemar.read(state);
      const proposed = state.f64();
      const last = state.bool() ? readScore(state) : null;
      const challenger = this.challengers.find((each) => each.asked === asked);
      if (challenger === undefined) continue;
      challenger.model = readModel(model, codec);
      challenger.comparison = comparison;
      challenger.last = last;
      challenger.proposed = proposed === 0 ? null : proposed;
    }
  }
}

function readScore(state: StateReader): ChallengerScore {
  return {
    challenger: state.string(),
    windows: state.f64(),
    currentAccuracy: state.f64(),
    challengerAccuracy: state.f64(),
    pValue: state.f64(),
  };
}

function scoreOf({ model, comparison }: Challenger): ChallengerScore {
  const { windows, bothRight, onlyARight, onlyBRight, pValue } = comparison.report();
  const share = (count: number) => (windows === 0 ? 0 : count / windows);
  return {
    challenger: model.classifier.name,
    windows,
    currentAccuracy: share(bothRight + onlyARight),
    challengerAccuracy: share(bothRight + onlyBRight),
    pValue,
  };
}
