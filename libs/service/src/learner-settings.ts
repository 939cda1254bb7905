import { z } from 'zod';
import { learningOptions, learningSettings } from './learning-settings.js';
import { wholeNumber } from './whole-number.js';
import { windowSettings } from './window-settings.js';

const YEAR_MINUTES = 525_600;
const DAY_MS = 86_400_000;

/** What the network on TensorFlow.js computes with, for whoever may load it. */
export const tensorFlowSetting = {
  HARK_TENSORFLOW: z
    .enum(['auto', 'native', 'wasm', 'cpu'], { error: 'expected auto, native, wasm or cpu' })
    .default('auto'),
};

/** What there is to choose from; the first of each is the default. */
export interface LearnerNames<Signal extends string> {
  readonly classifiers: readonly string[];
  /** Also those that may only challenge. */
  readonly challengers: readonly string[];
  readonly driftDetectors: readonly string[];
  readonly driftSignals: readonly Signal[];
}

/** All that the learner's output depends on besides its records: read by the learner, and wherever it is run again. */
export function learnerSettings<Signal extends string>(names: LearnerNames<Signal>) {
  const { classifiers, challengers } = names;
  return {
    ...learningSettings(names),
    ...windowSettings,
    HARK_CLASSIFIER: z
      .enum(classifiers, { error: `expected one of ${classifiers.join(', ')}` })
      .default(classifiers[0]),
    HARK_CHALLENGERS: z
      .string()
      .default('')
      .transform((text, context) => challengersOf(text, challengers, context)),
    HARK_ON_CHALLENGER: z
      .enum(['propose', 'promote'], { error: 'expected propose or promote' })
      .default('propose'),
    ...tensorFlowSetting,
    HARK_VERSION_EVERY: wholeNumber(1000, 1, 10_000_000),
    HARK_VERSION_EVERY_MINUTES: wholeNumber(0, 0, YEAR_MINUTES),
    HARK_VERSIONS_KEPT: wholeNumber(100, 4, 100_000),
    HARK_LABEL_HORIZON_MS: wholeNumber(900_000, 0, DAY_MS),
  };
}

/** The learner's settings that can't change where it has learned: its state and its features are made of them. */
const FIXED: readonly string[] = ['HARK_CLASSIFIER', 'HARK_WINDOW_SIZE_MS'];
/** Read by the learner, and of no effect on what it says. */
const NO_MATTER: readonly string[] = [
  'HARK_WINDOW_HOP_MS',
  'HARK_LATENESS_MS',
  'HARK_SENSOR_LAG_MS',
  'HARK_LEAP_MS',
];

/**
 * The same as text, as they are recorded with the steps taken.
 * @param backend what TensorFlow.js computes with; null: it is not asked for.
 */
export function recordedLearnerSettings(
  settings: Readonly<Record<string, unknown>>,
  names: LearnerNames<string>,
  backend: string | null,
): { readonly values: Readonly<Record<string, string>>; readonly changeable: readonly string[] } {
  const shaping = Object.keys(learnerSettings(names)).filter((name) => !NO_MATTER.includes(name));
  const values = shaping.flatMap((name): [string, string][] => {
    if (name === 'HARK_TENSORFLOW') return backend === null ? [] : [[name, backend]];
    return [[name, String(settings[name])]];
  });
  return {
    values: Object.fromEntries(values),
    changeable: shaping.filter((name) => !FIXED.includes(name)),
  };
}

/** The same as the learner takes them. @throws what `byName` throws for a name that is not there. */
export function learnerOptions<Factory, Signal extends string>(
  settings: z.infer<z.ZodObject<ReturnType<typeof learnerSettings<Signal>>>>,
  byName: (name: string) => Factory,
) {
  return {
    classifier: byName(settings.HARK_CLASSIFIER),
    challengers: settings.HARK_CHALLENGERS.map(byName),
    onBetterChallenger: settings.HARK_ON_CHALLENGER,
    versionEvery: settings.HARK_VERSION_EVERY,
    versionEveryMs: settings.HARK_VERSION_EVERY_MINUTES * 60_000,
    versionsKept: settings.HARK_VERSIONS_KEPT,
    labelHorizonMs: settings.HARK_LABEL_HORIZON_MS,
    ...learningOptions(settings),
  };
}

function challengersOf(text: string, known: readonly string[], context: z.RefinementCtx): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const wrong = names.find((name, i) => !known.includes(name) || names.indexOf(name) !== i);
  if (wrong === undefined) return names;
  context.addIssue(`expected different names of ${known.join(', ')}, separated by commas`);
  return z.NEVER;
}
