import { deviceKey, type Prediction } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';
import { DeviceReliability } from './device-reliability.js';
import { readOpinion, writeOpinion } from './opinion-state.js';
import { mostProbableName, poolOpinions, type Opinion } from './opinion-pool.js';
import { RememberedOpinions, commonMs } from './remembered-opinions.js';

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
  private readonly users = new Map<string, RememberedOpinions>();
  private reliability = new DeviceReliability();

  /** Opinions remembered. */
  get size(): number {
    let size = 0;
    for (const { opinions } of this.users.values()) size += opinions.length;
    return size;
  }

  /**
   * @param truth what the user did, where it is known: it counts in what is fused later. Of an opinion without
   * probabilities it tells nothing.
   */
  fuse(user: string, opinion: DeviceOpinion, truth: string | null): FusedOpinions {
    const known = this.known(user);
    const { device, model } = opinion;
    const sizeMs = opinion.endMs - opinion.startMs;
    const nowMs = commonMs(opinion);
    known.forgetUntil(nowMs - REMEMBERED_WINDOWS * sizeMs);
    const opinions = [opinion, ...known.nearest(device, nowMs, sizeMs / 2)];
    if (known.isOf(device)) known.clear();
    known.add(opinion);
    const probabilities = poolOpinions(
      opinions.map((each) => each.probabilities),
      this.weights(user, opinions),
    );
    const said = mostProbableName(opinion.probabilities);
    if (said !== null && truth !== null)
      this.reliability.add(deviceKey({ user, device }), model, said === truth);
    return { opinions, probabilities };
  }

  write(state: StateWriter): void {
    state.u32(this.users.size);
    for (const [user, { opinions }] of this.users) {
      state.string(user).u32(opinions.length);
      for (const opinion of opinions) writeOpinion(state, opinion);
    }
    this.reliability.write(state);
  }

  static read(state: StateReader): UserFusion {
    const fusion = new UserFusion();
    for (let users = state.u32(); users > 0; users--) {
      const user = state.string();
      const known = new RememberedOpinions(MOST_OPINIONS);
      for (let left = state.u32(); left > 0; left--) known.add(readOpinion(state));
      fusion.users.set(user, known);
    }
    fusion.reliability = DeviceReliability.read(state);
    return fusion;
  }

  /** One opinion needs none. */
  private weights(user: string, opinions: readonly DeviceOpinion[]): readonly number[] | undefined {
    if (opinions.length === 1) return undefined;
    return opinions.map(({ device, model }) => this.reliability.weight(deviceKey({ user, device }), model));
  }

  /** What is remembered of a user, who is the one used last from now on. */
  private known(user: string): RememberedOpinions {
    const { users } = this;
    const known = users.get(user) ?? new RememberedOpinions(MOST_OPINIONS);
    users.delete(user);
    users.set(user, known);
    if (users.size > MOST_USERS) {
      for (const oldest of users.keys()) {
        users.delete(oldest);
        break;
      }
    }
    return known;
  }
}

/** What a prediction says of a window between these times, in milliseconds, of a device whose clock lacks so much. */
export function opinionOf(
  {
    device,
    model,
    activity,
    confidence,
    probabilities,
  }: Pick<Prediction, 'device' | 'model' | 'activity' | 'confidence' | 'probabilities'>,
  startMs: number,
  endMs: number,
  clockOffsetMs: number,
): DeviceOpinion {
  return { device, model, activity, confidence, probabilities, startMs, endMs, clockOffsetMs };
}
