import type { StateReader, StateWriter } from '@hark/streaming';

/** Windows after which about a third of what was counted is left. */
const MEMORY = 100;
/** Of a kind of device of which nothing is known so many windows count as seen, and so many of them as right. */
const PRIOR_WINDOWS = 2;
const PRIOR_RIGHT = 1.5;
/** A device is taken to be as its kind is for so many windows. */
const PRIOR_OF_KIND = 5;
/** A device that is right less often than this is heard all the same; one that is always right rules out no error. */
const LEAST_ACCURACY = 0.51;
const MOST_ACCURACY = 0.999;
/** Devices and kinds remembered; the one not heard of for longest is forgotten first. */
const MOST_NAMES = 16_384;

interface Tally {
  windows: number;
  right: number;
}

/**
 * How much devices are to be listened to, from how often each was right: the logarithm of the odds of that, which is the
 * best weight for judges who err independently (Nitzan & Paroush, International Economic Review 23, 1982). A new device
 * counts as its kind does.
 */
export class DeviceReliability {
  /** In the order of use, the least recently used first. */
  private devices = new Map<string, Tally>();
  private kinds = new Map<string, Tally>();

  /** Above 0. */
  weight(device: string, kind: string): number {
    const ofKind = this.kinds.get(kind) ?? { windows: 0, right: 0 };
    const usual = (ofKind.right + PRIOR_RIGHT) / (ofKind.windows + PRIOR_WINDOWS);
    const own = this.devices.get(device) ?? { windows: 0, right: 0 };
    const accuracy = (own.right + PRIOR_OF_KIND * usual) / (own.windows + PRIOR_OF_KIND);
    const bounded = Math.max(LEAST_ACCURACY, Math.min(MOST_ACCURACY, accuracy));
    return Math.log(bounded / (1 - bounded));
  }

  /** An answer of the device whose truth is known. */
  add(device: string, kind: string, right: boolean): void {
    count(this.devices, device, right);
    count(this.kinds, kind, right);
  }

  write(state: StateWriter): void {
    for (const tallies of [this.devices, this.kinds]) {
      state.u32(tallies.size);
      for (const [name, { windows, right }] of tallies) state.string(name).f64(windows).f64(right);
    }
  }

  static read(state: StateReader): DeviceReliability {
    const reliability = new DeviceReliability();
    reliability.devices = readTallies(state);
    reliability.kinds = readTallies(state);
    return reliability;
  }
}

function readTallies(state: StateReader): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (let left = state.u32(); left > 0; left--)
    tallies.set(state.string(), { windows: state.f64(), right: state.f64() });
  return tallies;
}

function count(tallies: Map<string, Tally>, name: string, right: boolean): void {
  const tally = tallies.get(name) ?? { windows: 0, right: 0 };
  const kept = 1 - 1 / MEMORY;
  tally.windows = tally.windows * kept + 1;
  tally.right = tally.right * kept + (right ? 1 : 0);
  tallies.delete(name);
  tallies.set(name, tally);
  if (tallies.size <= MOST_NAMES) return;
  for (const oldest of tallies.keys()) {
    tallies.delete(oldest);
    return;
  }
}
