import { MAX_ACTIVITIES } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { AXIS_TURNS, NO_TURN, followedBy } from './axis-turns.js';

/** Nats by which an activity, or a device, speaks for a turn or against it. */
const ENOUGH = 3;
/** Activities, and of all devices together devices, that must speak for a turn. */
const LEAST_PARTS = 2;
/** One activity alone is enough if it speaks for the turn in so many windows and no other speaks against it. */
const LONG = 40;
/** No later window is about the turn any more; a turn of all that is not certain by then is taken for wrong. */
const LAST = 300;
const LAST_OF_ALL = 100;
/** No window says more than so many nats. */
const MOST_ADDED = 2;
/** Devices that are told apart. */
const MOST_DEVICES = 64;

/** What became of the turn in question. */
export interface TurnVerdict {
  readonly turn: number;
  readonly certain: boolean;
}

/**
 * Whether a device was turned over for certain. A few windows in favour of a turn may be of one activity, and one person
 * may merely stand in another way; a device that was turned over shows it in all that the person does. So it is certain
 * once two activities more speak for the turn than against it, of all devices together also two devices; and wrong once it
 * is the other way about.
 */
export class TurnConfirmation {
  private turnHeld = NO_TURN;
  private windows = 0;
  private readonly activities = new Map<number, number>();
  private readonly devices = new Map<string, number>();

  /** @param leastDevices that must speak for the turn. */
  constructor(private readonly leastDevices: 0 | 2) {}

  /** The turn that is in question, or {@link NO_TURN}. */
  get turn(): number {
    return this.turnHeld;
  }

  /** Puts a turn in question, on top of the one that is. */
  begin(turn: number): void {
    const both = followedBy(this.turnHeld, turn);
    this.clear();
    if (both === NO_TURN) return;
    this.turnHeld = both;
  }

  clear(): void {
    this.turnHeld = NO_TURN;
    this.windows = 0;
    this.activities.clear();
    this.devices.clear();
  }

  /**
   * @param nats by which a window is likelier with the turn than without.
   * @returns whether the turn is certain or wrong, once it is, and no longer in question; else null.
   */
  add(device: string, target: number, nats: number): TurnVerdict | null {
    if (this.turnHeld === NO_TURN) return null;
    this.windows++;
    const added = Math.max(-MOST_ADDED, Math.min(MOST_ADDED, nats));
    this.activities.set(target, (this.activities.get(target) ?? 0) + added);
    if (this.leastDevices > 0 && (this.devices.has(device) || this.devices.size < MOST_DEVICES)) {
      this.devices.set(device, (this.devices.get(device) ?? 0) + added);
    }
    const certain = this.isCertain();
    const ofAll = this.leastDevices > 0;
    const isOver = this.windows >= (ofAll ? LAST_OF_ALL : LAST);
    const verdict = certain || this.isWrong() || (isOver && ofAll) ? { turn: this.turnHeld, certain } : null;
    if (verdict !== null || isOver) this.clear();
    return verdict;
  }

  write(state: StateWriter): void {
    state.u8(this.turnHeld).u32(this.windows).u8(this.activities.size);
    for (const [target, nats] of this.activities) state.u8(target).f64(nats);
    state.u8(this.devices.size);
    for (const [device, nats] of this.devices) state.string(device).f64(nats);
  }

  /** @throws StateFormatError */
  read(state: StateReader): void {
    this.clear();
    this.turnHeld = state.u8();
    if (this.turnHeld >= AXIS_TURNS.length) throw new StateFormatError(`there is no turn ${this.turnHeld}`);
    this.windows = state.u32();
    const activities = state.u8();
    if (activities > MAX_ACTIVITIES) throw new StateFormatError(`a turn seen in ${activities} activities`);
    for (let i = 0; i < activities; i++) this.activities.set(state.u8(), state.f64());
    const devices = state.u8();
    if (devices > MOST_DEVICES) throw new StateFormatError(`a turn of ${devices} devices`);
    for (let i = 0; i < devices; i++) this.devices.set(state.string(), state.f64());
  }

  private isCertain(): boolean {
    const forIt = count(this.activities, (nats) => nats >= ENOUGH);
    const against = this.against();
    if (count(this.devices, (nats) => nats >= ENOUGH) < this.leastDevices) return false;
    return forIt - against >= LEAST_PARTS || (forIt > 0 && against === 0 && this.windows >= LONG);
  }

  private isWrong(): boolean {
    return this.against() - count(this.activities, (nats) => nats >= ENOUGH) >= LEAST_PARTS;
  }

  private against(): number {
    return count(this.activities, (nats) => nats <= -ENOUGH);
  }
}

function count<K>(tally: ReadonlyMap<K, number>, holds: (nats: number) => boolean): number {
  let found = 0;
  for (const nats of tally.values()) if (holds(nats)) found++;
  return found;
}
