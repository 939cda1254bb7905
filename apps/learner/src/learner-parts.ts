import { createHash } from 'node:crypto';
import { createFeatureExtractor } from '@hark/features';
import { UnknownClassifierError, type ClassifierFactory, type LearnerOptions } from '@hark/models';
import { learnerOptions } from '@hark/service';
import type { Classifiers } from './classifiers.js';
import type { learnerSettings } from './settings.js';

/** What a learner is made with, by the settings. */
export function learnerParts(
  settings: ReturnType<typeof learnerSettings>,
  { byName }: Pick<Classifiers, 'byName'>,
): LearnerOptions {
  const features = createFeatureExtractor(settings.windows.sizeMs / 1000);
  return {
    ...learnerOptions(settings, (name) => named(byName, name)),
    classifiers: byName,
    featureSchema: features.schema,
    featureNames: features.names,
  };
}

/** SHA-256 of bytes, in hex. */
export function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The settings let no other name in. */
function named(byName: Classifiers['byName'], name: string): ClassifierFactory {
  const factory = byName(name);
  if (factory === null) throw new UnknownClassifierError(name);
  return factory;
}
