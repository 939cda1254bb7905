import { MAX_ACTIVITIES } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';

export interface UserFusionOptions {
  /** Users remembered; the one not heard of for longest is forgotten first. Default 16,384. */
  readonly users?: number;
}

/** What one device made of one window. */
interface Opinion {
  readonly device: string;
  readonly atMs: number;
  readonly belief: Float64Array;
}

const USERS = 16_384;
/** Opinions kept of a user: those of four devices over the ten seconds by which one may lag behind another. */
const OPINIONS = 32;
/** No device speaks against a class more strongly than with this probability. */
const LEAST_PROBABILITY = 1e-3;

/**
 * What a person is doing by all devices they wear: the product of the devices' probabilities for windows of the same
 * time, brought to sum 1 (a logarithmic opinion pool of weight 1; Genest & Zidek 1986). For sensors at different
 * places that is what Bayes' rule says when they err independently and no activity is likelier than another.
 *
 * Of each other device the window nearest in time counts, if it is less than half a window off. Times are on one clock
 * for all devices of a user: devices' own clocks may be far apart.
 */
export class UserFusion {
  private readonly most: number;
  /** In the order of use, the least recently used first; opinions in the order in which they came. */
  private readonly users = new Map<string, Opinion[]>();
  private readonly nearest = new Map<string, Opinion>();
  private readonly outputs: readonly Float64Array[];

  constructor({ users = USERS }: UserFusionOptions = {}) {
    this.most = users;
    const values = new Float64Array(MAX_ACTIVITIES);
    this.outputs = Array.from({ length: MAX_ACTIVITIES + 1 }, (_, count) => values.subarray(0, count));
  }

  /**
   * @param atMs start of the window on the user's common clock.
   * @param sizeMs its length.
   * @param belief the device's probabilities by class number, at least one, sum 1; copied. It replaces what the device
   * said of the same window before.
   * @returns probabilities by class number, sum 1, and how many devices they are of. With one device, its own. The
   * array is reused by the next call.
   */
  fuse(
    user: string,
    device: string,
    atMs: number,
    sizeMs: number,
    belief: Float64Array,
  ): { readonly probabilities: Float64Array; readonly devices: number } {
    const opinions = this.opinionsOf(user);
    const classes = belief.length;
    const nearest = this.nearestOthers(opinions, device, atMs, sizeMs / 2);
    const probabilities = this.outputs[classes];
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      let product = belief[c];
      if (nearest.size > 0) product = Math.max(LEAST_PROBABILITY, product);
      for (const other of nearest.values()) {
        product *= Math.max(LEAST_PROBABILITY, c < other.belief.length ? other.belief[c] : 0);
      }
      probabilities[c] = product;
      sum += product;
    }
    for (let c = 0; c < classes; c++) probabilities[c] /= sum;
    const known = opinions.findIndex((opinion) => opinion.device === device && opinion.atMs === atMs);
    if (known >= 0) opinions.splice(known, 1);
    else if (opinions.length === OPINIONS) opinions.shift();
    opinions.push({ device, atMs, belief: belief.slice() });
    return { probabilities, devices: nearest.size + 1 };
  }

  /** Class numbers are about to change their meaning, as after a rollback. */
  forget(): void {
    this.users.clear();
  }

  write(state: StateWriter): void {
    state.u32(this.users.size);
    for (const [user, opinions] of this.users) {
      state.string(user).u32(opinions.length);
      for (const { device, atMs, belief } of opinions) state.string(device).f64(atMs).f64Array(belief);
    }
  }

  /** @throws StateFormatError */
  read(state: StateReader): void {
    this.users.clear();
    for (let left = state.u32(); left > 0; left--) {
      const user = state.string();
      const count = state.u32();
      if (count > OPINIONS) throw new StateFormatError(`${count} opinions of one user`);
      const opinions = Array.from({ length: count }, () => {
        const opinion = { device: state.string(), atMs: state.f64(), belief: state.f64Array() };
        // NaN fails it too.
        if (!opinion.belief.every((p) => p >= 0 && p <= 1))
          throw new StateFormatError('an opinion is damaged');
        return opinion;
      });
      this.users.set(user, opinions);
    }
    if (this.users.size > this.most) throw new StateFormatError(`${this.users.size} users`);
  }

  /** Of each other device the opinion nearest in time within `reachMs`, the earlier one among equals. */
  private nearestOthers(opinions: readonly Opinion[], device: string, atMs: number, reachMs: number) {
    const { nearest } = this;
    nearest.clear();
    for (const opinion of opinions) {
      const off = Math.abs(opinion.atMs - atMs);
      if (opinion.device === device || off >= reachMs) continue;
      const best = nearest.get(opinion.device);
      if (best === undefined || off < Math.abs(best.atMs - atMs)) nearest.set(opinion.device, opinion);
    }
    return nearest;
  }

  private opinionsOf(user: string): Opinion[] {
    const { users } = this;
    let opinions = users.get(user);
    if (opinions !== undefined) users.delete(user);
    else {
      opinions = [];
      if (users.size === this.most) {
        for (const oldest of users.keys()) {
          users.delete(oldest);
          break;
        }
      }
    }
    users.set(user, opinions);
    return opinions;
  }
}
