import { StateReader, StateWriter } from '@hark/streaming';
import type { Classifier, ClassifierFactory } from '../classifier.js';
import { ConfusionMatrix } from '../scores/confusion-matrix.js';
import { FeatureSchemaError } from './learner-options.js';

const FORMAT = 'hark.model';
const FORMAT_VERSION = 1;

/** A model with its lineage: what a version's state file holds, and what a rollback brings back. */
export interface ModelState {
  readonly classifier: Classifier;
  /** Prequential scores of this model and its ancestors. */
  readonly lineage: ConfusionMatrix;
}

export function freshModel(factory: ClassifierFactory, dimensions: number, seed: number): ModelState {
  return { classifier: factory.create({ dimensions, seed }), lineage: new ConfusionMatrix() };
}

export function writeModel(model: ModelState, featureSchema: string): Uint8Array {
  const state = new StateWriter(FORMAT, FORMAT_VERSION)
    .string(featureSchema)
    .bytes(model.classifier.snapshot());
  model.lineage.write(state);
  return state.finish();
}

/**
 * @throws FeatureSchemaError when it was learned on other features.
 * @throws StateFormatError when the bytes are damaged, or of another classifier.
 */
export function readModel(bytes: Uint8Array, factory: ClassifierFactory, featureSchema: string): ModelState {
  const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
  const found = state.string();
  if (found !== featureSchema) throw new FeatureSchemaError(found, featureSchema);
  const classifier = factory.restore(state.bytes());
  const lineage = ConfusionMatrix.read(state);
  state.finish();
  return { classifier, lineage };
}
