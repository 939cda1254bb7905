import type { Classifier, ClassifierFactory } from '../classifier.js';
import { weightedEnsemble } from './ensemble.js';
import { gaussianNaiveBayes } from './gaussian-naive-bayes.js';
import { hoeffdingTree } from './hoeffding-tree.js';
import { informationRidge } from './information-ridge.js';
import { linearDiscriminant } from './linear-discriminant.js';
import { majority } from './majority.js';
import { noChange } from './no-change.js';
import { randomFeatureRls } from './random-feature-rls.js';
import { softmaxRegression } from './softmax-regression.js';

/** The classifier that is used unless another is asked for. */
export const DEFAULT_CLASSIFIER = weightedEnsemble.name;

const FACTORIES: readonly ClassifierFactory[] = [
  weightedEnsemble,
  randomFeatureRls,
  informationRidge,
  linearDiscriminant,
  softmaxRegression,
  gaussianNaiveBayes,
  hoeffdingTree,
  majority,
  noChange,
];

/** Names that {@link classifierByName} knows, the default first. */
export const CLASSIFIER_NAMES: readonly string[] = FACTORIES.map(({ name }) => name);

/** What each of them is, in a line for the reader of a help text. */
export const CLASSIFIER_SUMMARIES: Readonly<Record<string, string>> = {
  [weightedEnsemble.name]: `${randomFeatureRls.name} and ${linearDiscriminant.name} together, weighted by recent success`,
  [randomFeatureRls.name]: 'random features, recursive least squares: tracks what changes',
  [informationRidge.name]: 'the same regression as sums over windows: can be merged, and a user subtracted',
  [linearDiscriminant.name]: 'linear discriminant: the best of few labels, and cheap',
  [softmaxRegression.name]: 'multinomial logistic regression by Adam',
  [gaussianNaiveBayes.name]: 'Gaussian naive Bayes',
  [hoeffdingTree.name]: 'Hoeffding tree with naive Bayes in its leaves',
  [majority.name]: 'baseline: how often each activity has come',
  [noChange.name]: 'baseline: the activity learned last',
};

/** No classifier has this name. */
export class UnknownClassifierError extends Error {
  readonly code = 'unknown_classifier';
  constructor(
    readonly classifier: string,
    names: readonly string[] = CLASSIFIER_NAMES,
  ) {
    super(`no classifier ${JSON.stringify(classifier)}; there are ${names.join(', ')}`);
  }
}

/**
 * @param more classifiers that need something loaded first, and so are brought along by an app.
 * @throws UnknownClassifierError
 */
export function classifierByName(name: string, more: readonly ClassifierFactory[] = []): ClassifierFactory {
  const all = [...FACTORIES, ...more];
  const factory = all.find((candidate) => candidate.name === name);
  if (factory === undefined) {
    throw new UnknownClassifierError(
      name,
      all.map((candidate) => candidate.name),
    );
  }
  return factory;
}

/**
 * The classifier of this name that has a state.
 * @throws UnknownClassifierError
 * @throws StateFormatError when the state is damaged, or of another classifier.
 */
export function restoreClassifier(
  name: string,
  state: Uint8Array,
  more: readonly ClassifierFactory[] = [],
): Classifier {
  return classifierByName(name, more).restore(state);
}
