import { DeviceReliability } from './device-reliability.js';
import { mostProbableName, poolOpinions, type Opinion } from './opinion-pool.js';

/** What one device made of one window. */
export interface DeviceOpinion {
  readonly device: string;
  readonly model: string;
  /** Start of the window on a clock that all devices of the user have in common, milliseconds. */
  readonly atMs: number;
  readonly probabilities: Opinion;
}

/** By how much one device may lag behind another, in windows: watches deliver in bursts of 5 to 10 s. */
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
  private readonly reliability = new DeviceReliability();

  /**
   * @param sizeMs length of the window.
   * @returns what the devices say of it, this one first, and together.
   */
  fuse(
    user: string,
    opinion: DeviceOpinion,
    sizeMs: number,
  ): { readonly opinions: readonly DeviceOpinion[]; readonly probabilities: Opinion } {
    const known = (this.users.get(user) ?? []).filter(
      ({ atMs }) => atMs > opinion.atMs - REMEMBERED_WINDOWS * sizeMs,
    );
    const opinions = [opinion, ...nearestOthers(known, opinion, sizeMs / 2)];
    known.push(opinion);
    this.remember(user, known.slice(-MOST_OPINIONS));
    const weights = opinions.map(({ device, model }) => this.reliability.weight(device, model));
    const said = opinions.map(({ probabilities }) => probabilities);
    return { opinions, probabilities: poolOpinions(said, weights) };
  }

  /** The truth about an opinion became known: counts in what is fused later. An empty one says nothing. */
  judge({ device, model, probabilities }: DeviceOpinion, truth: string): void {
    const said = mostProbableName(probabilities);
    if (said !== null) this.reliability.add(device, model, said === truth);
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

/** Of each other device the opinion nearest in time within `reachMs`, the earlier one among equals. */
function nearestOthers(
  opinions: readonly DeviceOpinion[],
  { device, atMs }: DeviceOpinion,
  reachMs: number,
): Iterable<DeviceOpinion> {
  const nearest = new Map<string, DeviceOpinion>();
  for (const opinion of opinions) {
    const off = Math.abs(opinion.atMs - atMs);
    if (opinion.device === device || off >= reachMs) continue;
    const best = nearest.get(opinion.device);
    if (best === undefined || off < Math.abs(best.atMs - atMs)) nearest.set(opinion.device, opinion);
  }
  return nearest.values();
}
