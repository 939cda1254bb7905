import { createFeatureExtractor } from '@hark/features';
import { fillGaussian } from '../../random/gaussian.js';
import { Xoshiro128 } from '../../random/xoshiro128.js';
import { TurnedFeatures } from '../turned-features.js';

export const NAMES = createFeatureExtractor().names;

export const ACTIVITIES = ['stand', 'walk', 'lie', 'bike'];

/** Features that change with every turn. */
const TELLING = /^gravity_[xyz]$|^(acc|gyro)_[xyz]+_(max|min|correlation)$/;

/** A labelled window of somebody's device. */
export interface PersonWindow {
  readonly user: string;
  readonly device: string;
  readonly label: string;
  readonly x: Float64Array;
}

/**
 * Windows of people who take turns, each with an activity for nine windows at a time. Every activity lies about a
 * centre of its own, every person a little beside it. Only how a device lies tells the activities apart.
 */
export class People {
  private readonly random: Xoshiro128;
  private readonly turned = new TurnedFeatures(NAMES);
  private readonly centres: ReadonlyMap<string, Float64Array>;
  private readonly habits = new Map<string, Float64Array>();
  private count = 0;

  /** @param noise deviation of a window's features from their centre, which itself has deviation 1. */
  constructor(
    readonly users: readonly string[],
    seed: number,
    private readonly noise = 0.4,
  ) {
    this.random = new Xoshiro128(seed);
    this.centres = new Map(
      ACTIVITIES.map((activity) => [
        activity,
        this.gaussian(1).map((value, i) => (TELLING.test(NAMES[i]) ? value : 0)),
      ]),
    );
    for (const user of users) this.habits.set(user, this.gaussian(0.1));
  }

  /** @param turn by which the device of the window's user is turned. */
  next(turn: (user: string) => number = () => 0): PersonWindow {
    const turnOfUser = this.count % this.users.length;
    const user = this.users[turnOfUser];
    const round = (this.count++ - turnOfUser) / this.users.length;
    const label = ACTIVITIES[Math.floor(round / 9) % ACTIVITIES.length];
    const centre = this.centres.get(label) as Float64Array;
    const habit = this.habits.get(user) as Float64Array;
    const noise = this.gaussian(this.noise);
    const x = centre.map((value, i) => value + habit[i] + noise[i]);
    const seen = this.turned.write(turn(user), x, new Float64Array(x.length));
    return { user, device: `${user}-phone`, label, x: seen };
  }

  private gaussian(deviation: number): Float64Array {
    const values = new Float64Array(NAMES.length);
    fillGaussian(values, this.random);
    return values.map((value) => value * deviation);
  }
}
