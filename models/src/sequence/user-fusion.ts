import { deviceKey, type Prediction } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';
import { DeviceReliability } from './device-reliability.js';
import { readOpinion, writeOpinion } from './opinion-state.js';
import { mostProbableName, poolOpinions, type Opinion } from './opinion-pool.js';

/** What one device answered to one window. */
export interface DeviceAnswer {
  /** Its name among those of its user. */
  readonly device: string;
  readonly model: string;
  /** The device's own answer. */
  readonly activity: string;
  readonly confidence: number;
  /** The window by the device's own clock, milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  /** What that clock lacks to one that all devices of the user have in common. */
  readonly clockOffsetMs: number;
}

/** The same, and how probable it holds each activity. */
export interface DeviceOpinion extends DeviceAnswer {
  readonly probabilities: Opinion;
}

/** The opinions of one time: the newest that came first, and what they say together. */
export interface FusedOpinions {
  readonly opinions: readonly DeviceOpinion[];
  readonly probabilities: Opinion;
}

/**
 * By how much one device may lag behind another, in windows: watches deliver in bursts of 5 to 10 s. While only one
 * device is heard, nothing but its newest opinion is remembered: most users wear one, and a second finds the first at
 * the latest when it has caught up.
 */
const REMEMBERED_WINDOWS = 8;
/** Opinions remembered of a user, and users; the one not heard of for longest is forgotten first. */
const MOST_OPINIONS = 256;
const MOST_USERS = 16_384;

/**
 * What a person is doing by all devices they wear: {@link poolOpinions} of windows of the same time, each device by its
 * {@link DeviceReliability}. Of each other device the window nearest in time counts, if it is less than half a window off.
 */
export class UserFusion {
  /** In the order of use, the least recently used first; opinions in the order in which they came. */
  private readonly users = new Map<string, DeviceOpinion[]>();
  private reliability = new DeviceReliability();

  /** Opinions remembered. */
  get size(): number {
    let size = 0;
    for (const opinions of this.users.values()) size += opinions.length;
    return size;
  }

  /**
   * @param truth what the user did, where it is known: it counts in what is fused later. Of an opinion without
   * probabilities it tells nothing.
   */
  fuse(user: string, opinion: DeviceOpinion, truth: string | null): FusedOpinions {
    const { known, nearest, isAlone } = this.around(user, opinion);
    const opinions = [opinion, ...nearest];
    known.push(opinion);
    this.remember(user, isAlone ? [opinion] : known.slice(-MOST_OPINIONS));
    const weights = opinions.map(({ device, model }) =>
      this.reliability.weight(deviceKey({ user, device }), model),
    );
    const probabilities = poolOpinions(
      opinions.map((each) => each.probabilities),
      weights,
    );
    const { device, model } = opinion;
    const said = mostProbableName(opinion.probabilities);
    if (said !== null && truth !== null)
      this.reliability.add(deviceKey({ user, device }), model, said === truth);
    return { opinions, probabilities };
  }

  write(state: StateWriter): void {
    state.u32(this.users.size);
    for (const [user, opinions] of this.users) {
      state.string(user).u32(opinions.length);
      for (const opinion of opinions) writeOpinion(state, opinion);
    }
    this.reliability.write(state);
  }

  static read(state: StateReader): UserFusion {
    const fusion = new UserFusion();
    for (let users = state.u32(); users > 0; users--) {
      const user = state.string();
      const opinions: DeviceOpinion[] = [];
      for (let left = state.u32(); left > 0; left--) opinions.push(readOpinion(state));
      fusion.users.set(user, opinions);
    }
    fusion.reliability = DeviceReliability.read(state);
    return fusion;
  }

  /**
   * What is remembered of a user and still counts; of each other device the opinion nearest in time within half a
   * window, the earlier one among equals; whether there are no other devices.
   */
  private around(user: string, opinion: DeviceOpinion) {
    const sizeMs = opinion.endMs - opinion.startMs;
    const reachMs = sizeMs / 2;
    const nowMs = commonMs(opinion);
    const oldestMs = nowMs - REMEMBERED_WINDOWS * sizeMs;
    const known: DeviceOpinion[] = [];
    const nearest = new Map<string, DeviceOpinion>();
    const offBy = (other: DeviceOpinion) => Math.abs(commonMs(other) - nowMs);
    let isAlone = true;
    for (const other of this.users.get(user) ?? []) {
      if (!(commonMs(other) > oldestMs)) continue;
      known.push(other);
      if (other.device === opinion.device) continue;
      isAlone = false;
      if (offBy(other) >= reachMs) continue;
      const best = nearest.get(other.device);
      if (best === undefined || offBy(other) < offBy(best)) nearest.set(other.device, other);
    }
    return { known, nearest: nearest.values(), isAlone };
  }

  private remember(user: string, opinions: DeviceOpinion[]): void {
    const { users } = this;
    users.delete(user);
    users.set(user, opinions);
    if (users.size <= MOST_USERS) return;
    for (const oldest of users.keys()) {
      users.delete(oldest);
      return;
    }
  }
}

/** What a prediction says, of a device whose clock lacks so much. */
export function opinionOf(
  {
    device,
    model,
    activity,
    confidence,
    probabilities,
    window,
  }: Pick<Prediction, 'device' | 'model' | 'activity' | 'confidence' | 'probabilities' | 'window'>,
  clockOffsetMs: number,
): DeviceOpinion {
  const startMs = Date.parse(window.start);
  const endMs = Date.parse(window.end);
  return { device, model, activity, confidence, probabilities, startMs, endMs, clockOffsetMs };
}

/** Start of the window on the clock that the devices have in common. */
function commonMs({ startMs, clockOffsetMs }: DeviceOpinion): number {
  return startMs + clockOffsetMs;
}
