import { compareEventTime } from '@hark/contracts';
import { annotationsOf, type Annotation } from './annotations.js';
import { axesOf, magnitude, type PhoneReading, type PhoneSample } from './phone-reading.js';
import {
  addGravity,
  areInG,
  isWristInG,
  rotation,
  withGravity,
  wristAcceleration,
  type Converted,
  type PhoneFrame,
} from './total-acceleration.js';

/** What is known of a recording besides its readings. */
export interface PhoneSettings {
  /** As the owner says; absent = as the readings tell, else Android's. */
  readonly frame?: PhoneFrame | undefined;
  /** Whether uncalibrated accelerations are in g, where earlier readings have told. */
  readonly uncalibratedInG?: boolean | undefined;
}

/** Why readings can't become what they should, or what would make them better. */
export type PhoneHint =
  /** There is motion, but no acceleration. */
  | 'accelerometer_off'
  /** There is acceleration without gravity, and no gravity to add. */
  | 'gravity_off'
  /** An iPhone or Apple Watch that keeps its own units and signs; they were converted. */
  | 'standardisation_off'
  /** Nothing tells whether the signs are Android's or those of iOS; they were taken for Android's. */
  | 'frame_unknown';

/** A phone's readings as samples. */
export interface PhoneSamples {
  readonly phone: readonly PhoneSample[];
  /** Of an Apple Watch, which is a device of its own. */
  readonly watch: readonly PhoneSample[];
  /** In order of their time. */
  readonly annotations: readonly Annotation[];
  /** Readings of sensors that mean nothing here. */
  readonly ignored: number;
  /** Readings of sensors that do, with an axis missing or without gravity near. */
  readonly unusable: readonly PhoneReading[];
  readonly hints: readonly PhoneHint[];
  /** Whether uncalibrated accelerations are in g; null when there are none. */
  readonly uncalibratedInG: boolean | null;
}

const USED = new Set([
  'accelerometer',
  'gravity',
  'totalacceleration',
  'accelerometeruncalibrated',
  'gyroscope',
  'wristmotion',
  'annotation',
]);
const ACCELERATIONS = ['totalacceleration', 'accelerometer', 'accelerometeruncalibrated'];
const WRIST_ROTATION = ['rotationRateX', 'rotationRateY', 'rotationRateZ'] as const;

/**
 * Total acceleration and rotation of readings in any order. Acceleration is, of what is there, the first of: the total
 * as the app has it; acceleration with the nearest gravity added; what is called uncalibrated, which holds gravity.
 * Samples come in order of their time, the acceleration first of two at once.
 */
export function phoneSamples(readings: readonly PhoneReading[], settings: PhoneSettings = {}): PhoneSamples {
  const of = (name: string) => readings.filter((reading) => reading.name === name);
  const [total, motion, uncalibrated] = ACCELERATIONS.map(of);
  const gravities = of('gravity');
  const wrist = of('wristmotion');
  const gyroscope = of('gyroscope');

  const uncalibratedInG =
    settings.uncalibratedInG ?? (uncalibrated.length === 0 ? null : areInG(magnitudes(uncalibrated)));
  const used = total.length > 0 ? total : gravities.length > 0 && motion.length > 0 ? motion : uncalibrated;
  const told = settings.frame ?? frameOf([...used, ...gravities], uncalibratedInG);
  const frame = told ?? 'android';

  let acceleration: Converted;
  if (used === motion) acceleration = addGravity({ accelerations: motion, gravities }, frame);
  else acceleration = withGravity(used, used === uncalibrated && uncalibratedInG === true, frame);
  const turning = rotation(gyroscope);
  const wristMotion = wristAcceleration(wrist);
  const wristTurning = rotation(wrist, WRIST_ROTATION);

  const hints: PhoneHint[] = [];
  if (used.length === 0 && motion.length > 0) hints.push('gravity_off');
  else if (used.length === 0 && gyroscope.length + gravities.length > 0) hints.push('accelerometer_off');
  const isStandardisationOff = (told === 'ios' && used.length > 0) || wrist.some(isWristInG);
  if (settings.frame === undefined && isStandardisationOff) hints.push('standardisation_off');
  if (told === null && used.length > 0) hints.push('frame_unknown');

  return {
    phone: inOrder(acceleration, turning),
    watch: inOrder(wristMotion, wristTurning),
    annotations: annotationsOf(of('annotation')),
    ignored: readings.filter(({ name }) => !USED.has(name)).length,
    unusable: [
      ...(hints.includes('gravity_off') ? motion : acceleration.unusable),
      ...turning.unusable,
      ...wristMotion.unusable,
      ...wristTurning.unusable,
    ],
    hints,
    uncalibratedInG,
  };
}

/** What the readings tell of their signs: only Android gives accuracies, and only iOS has uncalibrated ones in g. */
function frameOf(readings: readonly PhoneReading[], uncalibratedInG: boolean | null): PhoneFrame | null {
  if (readings.some(({ hasAccuracy }) => hasAccuracy)) return 'android';
  if (uncalibratedInG === null) return null;
  return uncalibratedInG ? 'ios' : 'android';
}

function magnitudes(readings: readonly PhoneReading[]): number[] {
  return readings.flatMap(({ values }) => {
    const axes = axesOf(values);
    return axes === null ? [] : [magnitude(axes)];
  });
}

function inOrder(acceleration: Converted, turning: Converted): PhoneSample[] {
  return [...acceleration.samples, ...turning.samples].sort(compareEventTime);
}
