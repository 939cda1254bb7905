import type { StateReader, StateWriter } from '@hark/streaming';
import { AXIS_TURNS, NO_TURN, followedBy, inverseOf } from './axis-turns.js';
import { TurnEvidence } from './turn-evidence.js';
import { TurnWatch } from './turn-watch.js';
import { TurnedFeatures } from './turned-features.js';

/** A turn is tried from so many nats in its favour on, and so many misses times nats; it is made if it gains so many. */
const LEAST_EVIDENCE = 3;
const LEAST_CAUSE = 4;
const LEAST_GAIN = 2;
/** No window says more than one at which the truth had this probability. */
const LEAST_PROBABILITY = 0.02;

/**
 * Notices from labelled windows that a device has been turned over, and shows the shared model its windows as if it had
 * not: the model need not learn again what it knows.
 *
 * A turn about the device's axes only moves features about ({@link TurnedFeatures}), so all 24 can be weighed at every
 * window ({@link TurnEvidence}). Where the shared model misses, and turns have enough in their favour, they are tried
 * on the last windows, and the best is made if their labels become likelier by two nats. So a person who merely sits
 * askew turns nothing: the shared model is right about such windows, and while it is right nothing is looked for.
 *
 * Devices may all be turned at once, as when an app changes the signs of its axes. So the windows of all are watched
 * like those of one more device, whose turn is made last and for every device.
 */
export class DeviceTurns {
  private readonly features: TurnedFeatures;
  private readonly evidence: TurnEvidence;
  /** Its windows are turned as their device is. */
  private readonly all = new TurnWatch();
  private readonly nats = new Float64Array(AXIS_TURNS.length);
  private readonly shown: Float64Array;
  private readonly tried: Float64Array;

  /**
   * @param names of the features, in their order.
   * @throws RangeError unless those are among them that are read off the device's axes.
   */
  constructor(private readonly names: readonly string[]) {
    this.features = new TurnedFeatures(names);
    this.evidence = new TurnEvidence(names);
    this.shown = new Float64Array(names.length);
    this.tried = new Float64Array(names.length);
  }

  /** Number of the turn that a device's windows are shown with. */
  shownTurn(watch: TurnWatch): number {
    return followedBy(watch.turn, this.all.turn);
  }

  /**
   * The window as the shared model is to see it. Changes nothing.
   * @returns `x` itself, or an array that the next call reuses.
   */
  show(watch: TurnWatch, x: Float64Array): Float64Array {
    return this.features.write(this.shownTurn(watch), x, this.shown);
  }

  /**
   * Learns how a labelled window lies, and turns its device, or all, where that helps.
   * @param missed whether the shared model, shown the window, took it for another class.
   * @param likelihood what the shared model says of a window's class, 0 to 1.
   * @returns what {@link show} shows of the window from now on.
   */
  learn(
    watch: TurnWatch,
    x: Float64Array,
    target: number,
    missed: boolean,
    likelihood: (x: Float64Array, target: number) => number,
  ): Float64Array {
    const own = x.slice();
    watch.keep({ x: own, target }, missed);
    const turned =
      watch.turn === NO_TURN ? own : this.features.write(watch.turn, x, new Float64Array(x.length));
    this.all.keep({ x: turned, target }, missed);
    if (this.evidence.weigh(this.show(watch, x), target, this.nats)) {
      watch.weigh(this.nats);
      this.all.weigh(this.nats);
      if (missed) this.look(watch, likelihood);
    }
    const shown = this.show(watch, x);
    this.evidence.learn(shown, target);
    return shown;
  }

  write(state: StateWriter): void {
    this.evidence.write(state);
    this.all.write(state);
  }

  read(state: StateReader): void {
    this.evidence.read(state);
    this.all.read(state, this.names.length);
  }

  private look(watch: TurnWatch, likelihood: (x: Float64Array, target: number) => number): void {
    const { all } = this;
    const turnOfAll = this.find(all, all.turn, likelihood);
    if (turnOfAll !== NO_TURN) {
      all.turn = followedBy(all.turn, turnOfAll);
      all.begin();
      watch.begin();
      return;
    }
    const turn = this.find(watch, this.shownTurn(watch), likelihood);
    if (turn === NO_TURN) return;
    // As it is shown, it is turned once more: a turn before that of all that comes to the same.
    const shown = followedBy(this.shownTurn(watch), turn);
    watch.turn = followedBy(shown, inverseOf(all.turn));
    watch.begin();
    all.begin();
  }

  /**
   * @param made the turn by which the watch's windows are shown.
   * @returns the further turn that helps, or {@link NO_TURN}.
   */
  private find(
    watch: TurnWatch,
    made: number,
    likelihood: (x: Float64Array, target: number) => number,
  ): number {
    const least = Math.max(LEAST_EVIDENCE, LEAST_CAUSE / watch.misses);
    const candidates = watch.candidates(least);
    if (candidates.length === 0) return NO_TURN;
    const asItIs = this.likelihood(watch, made, likelihood);
    let best = NO_TURN;
    let most = LEAST_GAIN;
    for (const turn of candidates) {
      const gain = this.likelihood(watch, followedBy(made, turn), likelihood) - asItIs;
      if (gain > most) {
        best = turn;
        most = gain;
      } else {
        watch.refuse(turn);
      }
    }
    return best;
  }

  /** Of the labels of the watch's windows, shown by this turn: the logarithm. */
  private likelihood(
    watch: TurnWatch,
    turn: number,
    likelihood: (x: Float64Array, target: number) => number,
  ): number {
    let sum = 0;
    for (const { x, target } of watch.windows) {
      sum += Math.log(
        Math.max(LEAST_PROBABILITY, likelihood(this.features.write(turn, x, this.tried), target)),
      );
    }
    return sum;
  }
}
