import { z } from 'zod';

/**
 * How answers are made and drift is watched: read by the learner, and by the gateway, whose replays answer alike.
 * @param names what there is to choose from.
 */
export function learningSettings<Signal extends string>(names: {
  readonly driftDetectors: readonly string[];
  readonly driftSignals: readonly Signal[];
}) {
  const { driftDetectors, driftSignals } = names;
  const detectors = ['off', ...driftDetectors];
  return {
    HARK_MIN_CONFIDENCE: z.coerce
      .number({ error: 'expected a number from 0 to 1' })
      .min(0, 'expected a number from 0 to 1')
      .max(1, 'expected a number from 0 to 1')
      .default(0.4),
    HARK_ON_DRIFT: z.enum(['boost', 'none'], { error: 'expected boost or none' }).default('boost'),
    HARK_DRIFT_DETECTOR: z
      .enum(detectors, { error: `expected one of ${detectors.join(', ')}` })
      .default(driftDetectors[0]),
    HARK_DRIFT_SIGNALS: z
      .string()
      .default(driftSignals.join(','))
      .transform((text, context) => {
        const asked = text.split(',').map((name) => name.trim());
        const found = driftSignals.filter((signal) => asked.includes(signal));
        if (found.length === asked.length) return found;
        context.addIssue(`expected different names of ${driftSignals.join(', ')}, separated by commas`);
        return z.NEVER;
      }),
  };
}

/** The same as the learner takes them. */
export function learningOptions<Signal extends string>(settings: {
  readonly HARK_MIN_CONFIDENCE: number;
  readonly HARK_ON_DRIFT: 'boost' | 'none';
  readonly HARK_DRIFT_DETECTOR: string;
  readonly HARK_DRIFT_SIGNALS: readonly Signal[];
}) {
  const { HARK_DRIFT_DETECTOR: detector, HARK_DRIFT_SIGNALS: signals } = settings;
  return {
    confidenceThreshold: settings.HARK_MIN_CONFIDENCE,
    onDrift: settings.HARK_ON_DRIFT,
    drift: detector === 'off' ? { signals: [] } : { detector, signals },
  };
}
