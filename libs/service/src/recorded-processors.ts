import { TOPICS } from '@hark/contracts';
import { createFeatureExtractor } from '@hark/features';
import {
  CLASSIFIER_NAMES,
  DEFAULT_CLASSIFIER,
  DRIFT_DETECTOR_NAMES,
  Learner,
  UnknownClassifierError,
  WATCHED_SIGNALS,
  classifierByName,
  type ClassifierFactory,
} from '@hark/models';
import { Windower, type ArtifactStore, type LogReader, type Settings } from '@hark/streaming';
import { createHash } from 'node:crypto';
import { learnerOptions, learnerSettings } from './learner-settings.js';
import { readSettings } from './settings.js';
import { windowOptions, windowSettings } from './window-settings.js';

/** A windower as ingest makes it with these settings. */
export function recordedWindower(settings: Settings): Windower {
  const windows = windowOptions(readSettings(windowSettings, settings));
  return new Windower(windows, createFeatureExtractor(windows.sizeMs / 1000));
}

const LEARNER_SETTINGS = learnerSettings({
  classifiers: [DEFAULT_CLASSIFIER, ...CLASSIFIER_NAMES.filter((name) => name !== DEFAULT_CLASSIFIER)],
  challengers: [...CLASSIFIER_NAMES, 'tfjs'],
  driftDetectors: DRIFT_DETECTOR_NAMES,
  driftSignals: WATCHED_SIGNALS,
});

/**
 * A learner as the learner app makes it with these settings.
 * @param artifacts the versions that it makes itself.
 * @param tensorFlow where the native module is, if not in the usual place.
 */
export async function recordedLearner(
  recorded: Settings,
  log: Pick<LogReader, 'lookUp'>,
  artifacts: Pick<ArtifactStore, 'read'>,
  tensorFlow?: string,
): Promise<Learner> {
  const settings = readSettings(LEARNER_SETTINGS, recorded);
  const more: ClassifierFactory[] = [];
  if (settings.HARK_CHALLENGERS.includes('tfjs')) {
    const { loadTensorFlow } = await import('@hark/models/tensorflow');
    more.push((await loadTensorFlow(settings.HARK_TENSORFLOW, tensorFlow)).network);
  }
  const names = [...CLASSIFIER_NAMES, ...more.map(({ name }) => name)];
  const byName = (name: string) => (names.includes(name) ? classifierByName(name, more) : null);
  const named = (name: string): ClassifierFactory => {
    const factory = byName(name);
    if (factory === null) throw new UnknownClassifierError(name);
    return factory;
  };
  const features = createFeatureExtractor(settings.HARK_WINDOW_SIZE_MS / 1000);
  return new Learner(
    {
      ...learnerOptions(settings, named),
      classifiers: byName,
      featureSchema: features.schema,
      featureNames: features.names,
    },
    {
      artifacts,
      digest: (bytes) => createHash('sha256').update(bytes).digest('hex'),
      windowAt: (offset) => log.lookUp(TOPICS.windows, 0, offset)?.value ?? null,
    },
  );
}
