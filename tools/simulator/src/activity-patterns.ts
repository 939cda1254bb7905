import { type HHAR_ACTIVITIES } from '@hark/contracts';
import type { Placement } from './device-catalogue.js';

export type Activity = (typeof HHAR_ACTIVITIES)[number];

/**
 * What one activity does to one place of the body. Amplitudes are of multiples 1, 2 … of the stride (one left and
 * one right step) or of one turn of the cranks; frames are x forward, y left, z up.
 */
export interface ActivityPattern {
  /** Strides or turns a second; of a seated or standing person: sway and breath. */
  readonly hz: number;
  /** Acceleration of the place itself, m/s². */
  readonly forward: readonly number[];
  readonly lateral: readonly number[];
  readonly vertical: readonly number[];
  /** Swing of the segment about its resting posture, rad. */
  readonly roll: readonly number[];
  readonly pitch: readonly number[];
  readonly yaw: readonly number[];
  /** Resting posture: roll and pitch of the segment from upright, rad. */
  readonly posture: readonly [roll: number, pitch: number];
  /** Vibration of road, foot fall and cloth: white, m/s² and rad/s. */
  readonly shake: readonly [acceleration: number, rotation: number];
  /** Distance from the shoulder about which the segment swings, m; 0 where it does not hang from a joint. */
  readonly lever: number;
}

/**
 * Steps show at the second multiple, left and right differing at the first (Zijlstra & Hof 2003); climbing is
 * slower and leans forward, descending lands harder with more high multiples.
 */
const WAIST: Readonly<Record<Activity, ActivityPattern>> = {
  stand: {
    hz: 0.3,
    forward: [0.05, 0.02],
    lateral: [0.06],
    vertical: [0.02],
    roll: [0.008],
    pitch: [0.012, 0.004],
    yaw: [0.01],
    posture: [0.02, 0.05],
    shake: [0.03, 0.004],
    lever: 0,
  },
  sit: {
    hz: 0.25,
    forward: [0.02],
    lateral: [0.01],
    vertical: [0.015],
    roll: [0.002],
    pitch: [0.006],
    yaw: [0.003],
    posture: [0.05, -0.62],
    shake: [0.02, 0.002],
    lever: 0,
  },
  walk: {
    hz: 0.93,
    forward: [0.35, 1.3, 0.15, 0.5],
    lateral: [0.9, 0.2, 0.45],
    vertical: [0.3, 2.3, 0.2, 0.9, 0.1, 0.35],
    roll: [0.07, 0.02],
    pitch: [0.02, 0.05, 0, 0.015],
    yaw: [0.11, 0.02],
    posture: [0, 0.08],
    shake: [0.35, 0.08],
    lever: 0,
  },
  stairsup: {
    hz: 0.74,
    forward: [0.5, 1.7, 0.3, 0.3],
    lateral: [1.1, 0.3, 0.3],
    vertical: [0.6, 1.9, 0.5, 0.45, 0.2],
    roll: [0.11, 0.03],
    pitch: [0.05, 0.09, 0.02],
    yaw: [0.09, 0.03],
    posture: [0, 0.3],
    shake: [0.4, 0.1],
    lever: 0,
  },
  stairsdown: {
    hz: 1.02,
    forward: [0.4, 1.1, 0.5, 0.9, 0.4, 0.3],
    lateral: [0.9, 0.4, 0.7, 0.3],
    vertical: [0.5, 2.9, 0.6, 2.0, 0.5, 1.1],
    roll: [0.08, 0.03, 0.02],
    pitch: [0.03, 0.07, 0.02, 0.03],
    yaw: [0.13, 0.04],
    posture: [0, -0.04],
    shake: [0.75, 0.16],
    lever: 0,
  },
  bike: {
    hz: 1.15,
    forward: [0.3, 0.6, 0.1],
    lateral: [0.7, 0.15],
    vertical: [0.35, 0.4, 0.2],
    roll: [0.09, 0.02],
    pitch: [0.04, 0.03],
    yaw: [0.05],
    posture: [0.02, 0.55],
    shake: [0.95, 0.12],
    lever: 0,
  },
};

/** The arm hangs and swings once a stride; seated it lies on the thigh, on a bicycle it leans on the bar. */
const WRIST: Readonly<Record<Activity, ActivityPattern>> = {
  stand: {
    ...WAIST.stand,
    roll: [0.02],
    pitch: [0.03, 0.01],
    posture: [0.12, 0.1],
    shake: [0.05, 0.012],
    lever: 0.6,
  },
  sit: {
    ...WAIST.sit,
    roll: [0.01],
    pitch: [0.01],
    yaw: [0.012],
    posture: [0.35, -1.25],
    shake: [0.04, 0.01],
  },
  walk: {
    ...WAIST.walk,
    roll: [0.1, 0.03],
    pitch: [0.38, 0.06, 0.02],
    yaw: [0.15, 0.05],
    posture: [0.1, 0.12],
    shake: [0.5, 0.15],
    lever: 0.6,
  },
  stairsup: {
    ...WAIST.stairsup,
    roll: [0.12, 0.05],
    pitch: [0.24, 0.08, 0.03],
    yaw: [0.12, 0.06],
    posture: [0.15, -0.2],
    shake: [0.55, 0.18],
    lever: 0.6,
  },
  stairsdown: {
    ...WAIST.stairsdown,
    roll: [0.14, 0.06],
    pitch: [0.27, 0.07, 0.04],
    yaw: [0.2, 0.07],
    posture: [0.2, -0.05],
    shake: [0.9, 0.26],
    lever: 0.6,
  },
  bike: {
    ...WAIST.bike,
    forward: [0.2, 0.4],
    lateral: [0.3, 0.1],
    vertical: [0.2, 0.3],
    roll: [0.03],
    pitch: [0.03, 0.02],
    yaw: [0.03],
    posture: [0.2, -0.85],
    shake: [1.6, 0.2],
  },
};

/**
 * A bag that dangles from the shoulder: steps arrive damped and with a sway of its own, seated and standing people's
 * bags lie still alike, and it hangs another way each time.
 */
const BAG: Readonly<Record<Activity, ActivityPattern>> = {
  stand: bag(WAIST.stand),
  sit: bag(WAIST.sit),
  walk: bag(WAIST.walk),
  stairsup: bag(WAIST.stairsup),
  stairsdown: bag(WAIST.stairsdown),
  bike: bag(WAIST.bike),
};

function bag(waist: ActivityPattern): ActivityPattern {
  const damped = (amplitudes: readonly number[]): number[] => amplitudes.map((value, k) => value / (4 + k));
  const walking = waist.hz > 0.5;
  const sway = walking ? 0.12 : 0.004;
  return {
    hz: waist.hz,
    forward: damped(waist.forward),
    lateral: damped(waist.lateral),
    vertical: damped(waist.vertical),
    roll: [sway, sway / 4],
    pitch: [sway / 2, sway],
    yaw: [2 * sway, sway / 2],
    posture: [0.2, 0.2],
    shake: walking ? [0.8, 0.2] : [0.03, 0.004],
    lever: 0,
  };
}

const PLACES = { waist: WAIST, wrist: WRIST, bag: BAG };

/** The pattern of an activity as HHAR's average user shows it. */
export function activityPattern(activity: Activity, placement: Placement): ActivityPattern {
  return PLACES[placement][activity];
}
