import type { ClassifierFactory } from '../classifier.js';
import { majority } from './majority.js';
import { noChange } from './no-change.js';
import { randomFeatureRls } from './random-feature-rls.js';

/** The classifier that is used unless another is asked for. */
export const DEFAULT_CLASSIFIER = randomFeatureRls.name;

const FACTORIES: readonly ClassifierFactory[] = [randomFeatureRls, majority, noChange];

/** Names that {@link classifierByName} knows, the default first. */
export const CLASSIFIER_NAMES: readonly string[] = FACTORIES.map(({ name }) => name);

/** No classifier has this name. */
export class UnknownClassifierError extends Error {
  readonly code = 'unknown_classifier';
  constructor(readonly classifier: string) {
    super(`no classifier ${JSON.stringify(classifier)}; there are ${CLASSIFIER_NAMES.join(', ')}`);
  }
}

/** @throws UnknownClassifierError */
export function classifierByName(name: string): ClassifierFactory {
  const factory = FACTORIES.find((candidate) => candidate.name === name);
  if (factory === undefined) throw new UnknownClassifierError(name);
  return factory;
}
