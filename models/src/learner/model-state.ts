import { MAX_ACTIVITIES } from '@hark/contracts';
import { StateFormatError, StateReader, StateWriter } from '@hark/streaming';
import type { Classifier, ClassifierFactory } from '../classifier.js';
import { Familiarity } from '../novelty/familiarity.js';
import { ConfusionMatrix } from '../scores/confusion-matrix.js';
import { Inertia } from '../sequence/inertia.js';
import { FeatureSchemaError, type LearnerOptions } from './learner-options.js';

const FORMAT = 'hark.model';
const FORMAT_VERSION = 2;

/** What has been learned, with its lineage: what a version's state file holds, and what a rollback brings back. */
export interface ModelState {
  readonly classifier: Classifier;
  /** What motions were learned, to tell a new one. */
  readonly familiarity: Familiarity;
  /** How long activities last. */
  readonly inertia: Inertia;
  /** Prequential scores of this model and its ancestors. */
  readonly lineage: ConfusionMatrix;
}

/** What it takes to make and to read a model. */
export interface ModelCodec {
  readonly featureSchema: string;
  readonly featureNames: readonly string[];
  /** @returns null when there is no classifier of this name here. */
  readonly classifiers: (name: string) => ClassifierFactory | null;
}

/** @returns how the models of a learner with these options are made and read. */
export function modelCodec(
  options: Pick<
    LearnerOptions,
    'classifier' | 'challengers' | 'classifiers' | 'featureSchema' | 'featureNames'
  >,
): ModelCodec {
  const named = [options.classifier, ...(options.challengers ?? [])];
  return {
    featureSchema: options.featureSchema,
    featureNames: options.featureNames,
    classifiers: options.classifiers ?? ((name) => named.find((factory) => factory.name === name) ?? null),
  };
}

export function freshModel(
  factory: ClassifierFactory,
  featureNames: readonly string[],
  seed: number,
): ModelState {
  return {
    classifier: factory.create({ dimensions: featureNames.length, seed }),
    familiarity: new Familiarity(featureNames),
    inertia: new Inertia(),
    lineage: new ConfusionMatrix(),
  };
}

/** Whether a label is a class that the classifier knows, or has room for. */
export function canLearn({ classes }: Classifier, label: string): boolean {
  return classes.length < MAX_ACTIVITIES || classes.includes(label);
}

/** Learns one labelled window. @throws as {@link Classifier.learn}. */
export function learnWindow({ classifier, familiarity }: ModelState, x: Float64Array, label: string): void {
  classifier.learn(x, label);
  familiarity.learn(x, classifier.classes.indexOf(label));
}

export function writeModel(model: ModelState, featureSchema: string): Uint8Array {
  const { classifier, familiarity, inertia, lineage } = model;
  const state = new StateWriter(FORMAT, FORMAT_VERSION)
    .string(featureSchema)
    .string(classifier.name)
    .bytes(classifier.snapshot());
  familiarity.write(state);
  inertia.write(state);
  lineage.write(state);
  return state.finish();
}

/**
 * @throws FeatureSchemaError when it was learned on other features.
 * @throws StateFormatError when the bytes are damaged, or of a classifier that is not here.
 */
export function readModel(bytes: Uint8Array, codec: ModelCodec): ModelState {
  const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
  const schema = state.string();
  if (schema !== codec.featureSchema) throw new FeatureSchemaError(schema, codec.featureSchema);
  const name = state.string();
  const factory = codec.classifiers(name);
  if (factory === null) throw new StateFormatError(`a model of ${name}, a classifier that is not here`);
  const classifier = factory.restore(state.bytes());
  const familiarity = new Familiarity(codec.featureNames);
  familiarity.read(state);
  const inertia = new Inertia();
  inertia.read(state);
  const lineage = ConfusionMatrix.read(state);
  state.finish();
  return { classifier, familiarity, inertia, lineage };
}
