import { CLASSIFIER_NAMES, DEFAULT_CLASSIFIER, DRIFT_DETECTOR_NAMES, WATCHED_SIGNALS } from '@hark/models';
import {
  commonSettings,
  learningSettings,
  port,
  readSettings,
  wholeNumber,
  windowOptions,
  windowSettings,
} from '@hark/service';
import { z } from 'zod';

/** The network is no classifier of `@hark/models` itself: TensorFlow.js has to be loaded for it. */
const CHALLENGER_NAMES = [...CLASSIFIER_NAMES, 'tfjs'];

const YEAR_MINUTES = 525_600;
const DAY_MS = 86_400_000;

const shape = {
  ...commonSettings,
  ...learningSettings({ driftDetectors: DRIFT_DETECTOR_NAMES, driftSignals: WATCHED_SIGNALS }),
  ...windowSettings,
  HARK_LEARNER_PORT: port(3002),
  HARK_CLASSIFIER: z
    .enum(CLASSIFIER_NAMES, { error: `expected one of ${CLASSIFIER_NAMES.join(', ')}` })
    .default(DEFAULT_CLASSIFIER),
  HARK_CHALLENGERS: z.string().default('').transform(challengersOf),
  HARK_ON_CHALLENGER: z
    .enum(['propose', 'promote'], { error: 'expected propose or promote' })
    .default('propose'),
  HARK_TENSORFLOW: z
    .enum(['auto', 'native', 'wasm', 'cpu'], { error: 'expected auto, native, wasm or cpu' })
    .default('auto'),
  HARK_TFJS_NODE: z.string().min(1).optional(),
  HARK_VERSION_EVERY: wholeNumber(1000, 1, 10_000_000),
  HARK_VERSION_EVERY_MINUTES: wholeNumber(0, 0, YEAR_MINUTES),
  HARK_VERSIONS_KEPT: wholeNumber(100, 4, 100_000),
  HARK_LABEL_HORIZON_MS: wholeNumber(900_000, 0, DAY_MS),
};

/** What the learner app reads from its environment; `docs/configuration.md` explains each. */
export function learnerSettings(environment: NodeJS.ProcessEnv) {
  const settings = readSettings(shape, environment);
  return { ...settings, windows: windowOptions(settings) };
}

function challengersOf(text: string, context: z.RefinementCtx): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const wrong = names.find((name, i) => !CHALLENGER_NAMES.includes(name) || names.indexOf(name) !== i);
  if (wrong === undefined) return names;
  context.addIssue(`expected different names of ${CHALLENGER_NAMES.join(', ')}, separated by commas`);
  return z.NEVER;
}
