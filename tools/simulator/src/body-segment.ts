import { activityPattern, type Activity, type ActivityPattern } from './activity-patterns.js';
import type { Performance } from './activity-script.js';
import { Harmonics, PhaseTable } from './harmonics.js';
import type { Placement } from './device-catalogue.js';
import { Random } from './random.js';

/** Standard gravity, m/s². */
export const GRAVITY = 9.80665;

const TWO_PI = 2 * Math.PI;

/** Below this a pattern is sway and breath of somebody who stays where they are. */
const SWAY_HZ = 0.5;

/** How much more a bag's posture differs from one time to the next than that of a part of the body. */
const BAG_SLACK = 7;

/** What a perfect sensor fixed to the segment would read, in the segment's own frame. */
export interface SegmentReading {
  /** Specific force (acceleration with gravity), m/s². */
  ax: number;
  ay: number;
  az: number;
  /** Angular velocity, rad/s. */
  gx: number;
  gy: number;
  gz: number;
  /** Standard deviations of the vibration to be added: m/s² and rad/s. */
  shakeAcceleration: number;
  shakeRotation: number;
}

/** What makes one person's movement their own, as factors on the average user's. */
interface Traits {
  readonly cadence: number;
  readonly vigour: number;
  readonly asymmetry: number;
  readonly leanRoll: number;
  readonly leanPitch: number;
  readonly slouch: number;
}

/** One activity as one user does it. */
class OwnPattern {
  readonly forward: Harmonics;
  readonly lateral: Harmonics;
  readonly vertical: Harmonics;
  readonly roll: Harmonics;
  readonly pitch: Harmonics;
  readonly yaw: Harmonics;
  /** Radians of stride a second. */
  readonly pace: number;
  readonly restRoll: number;
  readonly restPitch: number;

  constructor(
    readonly base: ActivityPattern,
    activity: Activity,
    traits: Traits,
    random: Random,
  ) {
    const phases = [0, 1, 2, 3, 4, 5].map((k) => 0.9 * k + random.between(-0.5, 0.5));
    const own = (amplitudes: readonly number[], shift: number): Harmonics =>
      new Harmonics(
        amplitudes.map((amplitude, k) => amplitude * traits.vigour * (k % 2 === 0 ? traits.asymmetry : 1)),
        amplitudes.map((_, k) => phases[k] + shift),
      );
    this.forward = own(base.forward, 1.2);
    this.lateral = own(base.lateral, 0.4);
    this.vertical = own(base.vertical, 0);
    this.roll = own(base.roll, 0.8);
    this.pitch = own(base.pitch, 2);
    this.yaw = own(base.yaw, 1.6);
    this.pace = TWO_PI * base.hz * traits.cadence;
    this.restRoll = base.posture[0] + traits.leanRoll;
    this.restPitch = base.posture[1] * (activity === 'sit' ? traits.slouch : 1) + traits.leanPitch;
  }
}

/**
 * The waist or the wrist of one user as a rigid segment whose orientation and acceleration are smooth functions of
 * time. Both sensors are read from the same motion: the gyroscope is the derivative of the orientation that turns
 * gravity in the accelerometer, and a hanging arm adds the pendulum's tangential and centripetal acceleration.
 */
export class BodySegment {
  private readonly patterns: Readonly<Record<Activity, OwnPattern>>;
  private readonly table = new PhaseTable();
  private readonly slack: number;
  private readonly wander: readonly number[];
  // Motion at the instant, summed over the activities that blend: angles with their rates, and accelerations.
  private roll = 0;
  private pitch = 0;
  private rollRate = 0;
  private pitchRate = 0;
  private yawRate = 0;
  private forward = 0;
  private lateral = 0;
  private vertical = 0;
  private hanging = 0;
  private radial = 0;
  private turning = 0;

  constructor(seed: number, user: string, placement: Placement) {
    const random = new Random(seed, `user ${user}`);
    const traits: Traits = {
      cadence: random.between(0.88, 1.12),
      vigour: random.between(0.75, 1.3),
      asymmetry: random.between(0.6, 1.4),
      leanRoll: random.between(-0.1, 0.1),
      leanPitch: random.between(-0.12, 0.12),
      slouch: random.between(0.8, 1.25),
    };
    const own = (activity: Activity): OwnPattern =>
      new OwnPattern(activityPattern(activity, placement), activity, traits, random);
    this.patterns = {
      bike: own('bike'),
      sit: own('sit'),
      stand: own('stand'),
      walk: own('walk'),
      stairsup: own('stairsup'),
      stairsdown: own('stairsdown'),
    };
    this.slack = placement === 'bag' ? BAG_SLACK : 1;
    this.wander = [random.between(0, TWO_PI), random.between(0, TWO_PI)];
  }

  /**
   * Reads the segment at `t` seconds while the user goes over from one activity to another: `blend` 0 is all
   * `from`, 1 all `to`, `blendRate` its derivative by time.
   */
  read(
    from: Performance,
    to: Performance,
    blend: number,
    blendRate: number,
    t: number,
    out: SegmentReading,
  ): void {
    this.roll = this.pitch = this.rollRate = this.pitchRate = this.yawRate = 0;
    this.forward = this.lateral = this.vertical = this.hanging = this.radial = this.turning = 0;
    out.shakeAcceleration = out.shakeRotation = 0;
    if (from === to || blend <= 0) {
      this.add(from, 1, 0, t, out);
    } else {
      this.add(from, 1 - blend, -blendRate, t, out);
      this.add(to, blend, blendRate, t, out);
    }
    // Nobody walks dead straight: the heading wanders, which only a gyroscope sees.
    const heading = 0.12 * Math.sin(0.31 * t + this.wander[0]);
    const { roll, pitch, rollRate, pitchRate } = this;
    const yawRate = this.yawRate + heading * this.turning;
    const [sr, cr, sp, cp] = [Math.sin(roll), Math.cos(roll), Math.sin(pitch), Math.cos(pitch)];
    out.gx = rollRate - yawRate * sp;
    out.gy = pitchRate * cr + yawRate * cp * sr;
    out.gz = yawRate * cp * cr - pitchRate * sr;
    const up = GRAVITY + this.vertical;
    const { forward, lateral } = this;
    out.ax = cp * forward - sp * up - this.hanging;
    out.ay = sr * sp * forward + cr * lateral + sr * cp * up;
    out.az = cr * sp * forward - sr * lateral + cr * cp * up + this.radial;
  }

  private add(done: Performance, weight: number, weightRate: number, t: number, out: SegmentReading): void {
    const { table } = this;
    const { vigour } = done;
    const pattern = this.patterns[done.activity];
    const slow = 0.41 * t + this.wander[1];
    table.set(pattern.pace * done.cadence * t + 0.6 * Math.sin(slow));
    const pace = pattern.pace * done.cadence + 0.6 * 0.41 * Math.cos(slow);
    const roll = pattern.restRoll + this.slack * done.leanRoll + vigour * pattern.roll.value(table);
    const pitch = pattern.restPitch + this.slack * done.leanPitch + vigour * pattern.pitch.value(table);
    const pitchRate = pace * vigour * pattern.pitch.slope(table);
    const swing = weight * vigour;
    this.roll += weight * roll;
    this.pitch += weight * pitch;
    this.rollRate += swing * pace * pattern.roll.slope(table) + weightRate * roll;
    this.pitchRate += weight * pitchRate + weightRate * pitch;
    this.yawRate += swing * pace * pattern.yaw.slope(table);
    this.forward += swing * pattern.forward.value(table);
    this.lateral += swing * pattern.lateral.value(table);
    this.vertical += swing * pattern.vertical.value(table);
    this.hanging += swing * pattern.base.lever * pace * pace * pattern.pitch.curvature(table);
    this.radial += weight * pattern.base.lever * pitchRate * pitchRate;
    out.shakeAcceleration += weight * pattern.base.shake[0];
    out.shakeRotation += weight * pattern.base.shake[1];
    if (pattern.base.hz > SWAY_HZ) this.turning += weight;
  }
}
