import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { AXIS_TURNS, NO_TURN } from './axis-turns.js';
import { TurnSums } from './turn-sums.js';

/** Windows of an activity before it says anything, and the memory of what is usual for it, in windows. */
const LEAST_WINDOWS = 8;
const MEMORY = 60;
/** Activities of which it is known what is usual: those with the lowest numbers. */
const MOST_ACTIVITIES = 12;
/**
 * Chosen on 105,000 windows of people whose devices were not turned, as recorded and with noise: the sums came to 8 at
 * most with this toll, and to 10 without one.
 */
export const CHANGE_SUMS = { toll: 0.1, mostAdded: 1.5 };
/** Nats from which on a change is sure; six windows are needed for them at least. */
export const SURE = 9;

/**
 * Whether a device has come to lie otherwise than it did, seen from windows as they come. What speaks for a turn counts
 * by as much as it is more than what did so before in the same activity: somebody who always sits askew has turned
 * nothing. Unlike what {@link TurnWatch} looks for, this asks for no miss: a turn that costs nothing is a turn.
 */
export class TurnChange {
  /** How often all devices had been found turned when this one was heard of last. */
  turnsOfAll = 0;
  private usualTurn = NO_TURN;
  /** By activity and turn: the mean of the nats by which a turn is likelier than the usual one. */
  private readonly usual: Float64Array[] = [];
  /** By activity: windows. */
  private readonly windows: number[] = [];
  private readonly sums = new TurnSums(CHANGE_SUMS);

  /** The turn that undoes how the device usually lies. */
  get usually(): number {
    return this.usualTurn;
  }

  /**
   * @param target number of the window's activity.
   * @param nats by which each turn makes the window, as it came, likelier.
   * @param excess by turn: by how much it is likelier than the usual one, beyond what it was before.
   * @returns whether it is known what is usual; `excess` is as it was where it is not.
   */
  weigh(target: number, nats: Float64Array, excess: Float64Array): boolean {
    if (target >= MOST_ACTIVITIES) return false;
    while (this.usual.length <= target) {
      this.usual.push(new Float64Array(AXIS_TURNS.length));
      this.windows.push(0);
    }
    const usual = this.usual[target];
    const asUsual = nats[this.usualTurn];
    const isKnown = this.windows[target] >= LEAST_WINDOWS;
    if (isKnown) {
      for (let turn = 0; turn < nats.length; turn++) {
        excess[turn] = nats[turn] - asUsual - Math.max(0, usual[turn]);
      }
      this.sums.add(excess);
    }
    const windows = (this.windows[target] = Math.min(MEMORY, this.windows[target] + 1));
    for (let turn = 0; turn < nats.length; turn++) {
      usual[turn] += (nats[turn] - asUsual - usual[turn]) / windows;
    }
    return isKnown;
  }

  /** The turn that undoes how the device lies now, once it is sure that this has changed; else null. */
  get turn(): number | null {
    return this.sums.from(SURE)[0] ?? null;
  }

  /** As it lies now is usual. @param turn that undoes it. */
  settle(turn: number): void {
    this.usualTurn = turn;
    this.usual.length = 0;
    this.windows.length = 0;
    this.sums.clear();
  }

  /** A device in another's place should lie as that did. */
  takeOver({ usualTurn, usual, windows, turnsOfAll }: TurnChange): void {
    this.settle(usualTurn);
    this.turnsOfAll = turnsOfAll;
    for (const ofActivity of usual) this.usual.push(ofActivity.slice());
    this.windows.push(...windows);
  }

  write(state: StateWriter): void {
    state.f64(this.turnsOfAll).u8(this.usualTurn).u8(this.usual.length);
    this.usual.forEach((ofActivity, i) => state.u8(this.windows[i]).f64Array(ofActivity));
    this.sums.write(state);
  }

  /** @throws StateFormatError */
  read(state: StateReader): void {
    this.turnsOfAll = state.f64();
    this.settle(state.u8());
    const activities = state.u8();
    if (this.usualTurn >= AXIS_TURNS.length || activities > MOST_ACTIVITIES) {
      throw new StateFormatError(`turn ${this.usualTurn} of ${activities} activities`);
    }
    for (let i = 0; i < activities; i++) {
      this.windows.push(state.u8());
      this.usual.push(state.f64Array(AXIS_TURNS.length));
    }
    this.sums.read(state);
  }
}
