import { CLASSIFIER_NAMES, DEFAULT_CLASSIFIER, DRIFT_DETECTOR_NAMES, WATCHED_SIGNALS } from '@hark/models';
import {
  SettingsError,
  commonSettings,
  learnerSettings as learnerShape,
  port,
  readSettings,
  retentionLimits,
  windowOptions,
} from '@hark/service';
import { z } from 'zod';

/** What a learner may be made of. The network is no classifier of `@hark/models` itself: it has to be loaded. */
export const LEARNER_NAMES = {
  classifiers: [DEFAULT_CLASSIFIER, ...CLASSIFIER_NAMES.filter((name) => name !== DEFAULT_CLASSIFIER)],
  challengers: [...CLASSIFIER_NAMES, 'tfjs'],
  driftDetectors: DRIFT_DETECTOR_NAMES,
  driftSignals: WATCHED_SIGNALS,
};

const shape = {
  ...commonSettings,
  ...learnerShape(LEARNER_NAMES),
  HARK_LEARNER_PORT: port(3002),
  HARK_TFJS_NODE: z.string().min(1).optional(),
};

/**
 * What the learner app reads from its environment; `docs/configuration.md` explains each.
 * @throws SettingsError also where something is asked for that several learners do not have.
 */
export function learnerSettings(environment: NodeJS.ProcessEnv) {
  const settings = readSettings(shape, environment);
  if (settings.HARK_KAFKA_LEARNERS === 'several') checkForSeveral(settings);
  return { ...settings, windows: windowOptions(settings) };
}

/** What several learners have learned is added: sums of it are there of this one alone. */
const MERGEABLE = 'ridge';

function checkForSeveral(settings: z.infer<z.ZodObject<typeof shape>>): void {
  const { HARK_CLASSIFIER: classifier, HARK_CHALLENGERS: challengers } = settings;
  const several = 'with HARK_KAFKA_LEARNERS=several';
  // Says that there is none on Kafka.
  retentionLimits(settings);
  if (classifier !== MERGEABLE)
    throw new SettingsError(`HARK_CLASSIFIER=${classifier}: ${several} it has to be ${MERGEABLE}`);
  if (challengers.length > 0)
    throw new SettingsError(
      `HARK_CHALLENGERS=${challengers.join(',')}: not ${several}, one learner has them`,
    );
}
