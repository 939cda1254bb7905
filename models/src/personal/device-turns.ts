import type { StateReader, StateWriter } from '@hark/streaming';
import { AXIS_TURNS, NO_TURN, followedBy, inverseOf } from './axis-turns.js';
import { CommonTurnChange } from './common-turn-change.js';
import { TurnEvidence } from './turn-evidence.js';
import { TurnWatch } from './turn-watch.js';
import { TurnedFeatures } from './turned-features.js';

/** A turn is tried from so many nats in its favour on, and so many misses times nats; it is made if it gains so many. */
const LEAST_EVIDENCE = 3;
const LEAST_CAUSE = 4;
const LEAST_GAIN = 2;
/** No window says more than one at which the truth had this probability. */
const LEAST_PROBABILITY = 0.02;

type Likelihood = (x: Float64Array, target: number) => number;

/** A device, or with it others, has come to lie otherwise than it did. */
export interface TurnFinding {
  readonly of: 'device' | 'all';
  /** Share of misses among the last windows. */
  readonly error: number;
}

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
 *
 * A turn that nothing is missed for is noticed too: where a device comes to lie otherwise than it did, or where several do
 * ({@link TurnChange}). That is what is told of; and the turn is made if it loses nothing.
 */
export class DeviceTurns {
  private readonly features: TurnedFeatures;
  private readonly evidence: TurnEvidence;
  /** Its windows are turned as their device is. */
  private readonly all = new TurnWatch(2);
  private readonly changeOfAll = new CommonTurnChange();
  /** How often all were found turned. */
  private turnsOfAll = 0;
  /** By turn: what a window says as it came, how much of that is new, and what it says as it is shown. */
  private readonly raw = new Float64Array(AXIS_TURNS.length);
  private readonly excess = new Float64Array(AXIS_TURNS.length);
  private readonly nats = new Float64Array(AXIS_TURNS.length);
  private told: TurnFinding | null = null;
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

  /** What is to be told of after the window learned last; most often null. */
  get finding(): TurnFinding | null {
    return this.told;
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
   * @param device key of the watch's device.
   * @param missed whether the shared model, shown the window, took it for another class.
   * @param likelihood what the shared model says of a window's class, 0 to 1.
   * @returns what {@link show} shows of the window from now on.
   */
  learn(
    watch: TurnWatch,
    device: string,
    x: Float64Array,
    target: number,
    missed: boolean,
    likelihood: Likelihood,
  ): Float64Array {
    if (watch.change.turnsOfAll !== this.turnsOfAll) this.joinAll(watch);
    const own = x.slice();
    watch.keep({ x: own, target, missed, device });
    const turned =
      watch.turn === NO_TURN ? own : this.features.write(watch.turn, x, new Float64Array(x.length));
    this.all.keep({ x: turned, target, missed, device });
    this.told = null;
    if (this.evidence.weigh(x, target, this.raw)) {
      this.noticeChange(watch, device, target, likelihood);
      const seen = this.show(watch, x);
      if (seen === x) this.nats.set(this.raw);
      else this.evidence.weigh(seen, target, this.nats);
      const shownTurn = this.shownTurn(watch);
      this.confirm(watch, device, target);
      // What was weighed is no evidence any more where a turn was taken back.
      if (shownTurn !== this.shownTurn(watch)) this.nats.fill(0);
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
    this.changeOfAll.write(state);
    state.f64(this.turnsOfAll);
  }

  read(state: StateReader): void {
    this.evidence.read(state);
    this.all.read(state, this.names.length);
    this.changeOfAll.read(state);
    this.turnsOfAll = state.f64();
  }

  /** Sees from the windows as they come whether this device, or all, have been turned: tells of it, and turns them. */
  private noticeChange(watch: TurnWatch, device: string, target: number, likelihood: Likelihood): void {
    const { all, changeOfAll, raw, excess } = this;
    if (!watch.change.weigh(target, raw, excess)) return;
    changeOfAll.add(device, excess);
    const turnOfAll = changeOfAll.turn;
    const turn = turnOfAll ?? watch.change.turn;
    if (turn === null) return;
    const of = turnOfAll === null ? watch : all;
    const shown = of === all ? all.turn : this.shownTurn(watch);
    const further = followedBy(inverseOf(shown), turn);
    this.tell(watch, turn, of);
    if (!this.losesNothing(of, shown, turn, likelihood)) return;
    if (of === all) this.turnAll(watch, further);
    else this.turnDevice(watch, further);
  }

  /** Once for each turn, however it was noticed. */
  private tell(watch: TurnWatch, turn: number, of: TurnWatch): void {
    const { all } = this;
    if (of.change.usually !== turn) {
      this.told = { of: of === all ? 'all' : 'device', error: of.recentError };
      if (of === all) watch.change.turnsOfAll = ++this.turnsOfAll;
    }
    of.change.settle(turn);
    watch.change.settle(turn);
    this.changeOfAll.clear();
  }

  private losesNothing(watch: TurnWatch, made: number, turn: number, likelihood: Likelihood): boolean {
    if (made === turn) return false;
    return sum(this.likelihoods(watch, turn, likelihood)) >= sum(this.likelihoods(watch, made, likelihood));
  }

  /** All were turned since this device was heard of: what is usual for it is not known any more, nor that it alone was turned. */
  private joinAll(watch: TurnWatch): void {
    watch.change.settle(this.all.change.usually);
    watch.change.turnsOfAll = this.turnsOfAll;
    if (watch.turn === this.all.turn) watch.turn = NO_TURN;
  }

  /** Both turns are weighed by what the window says with the turns made so far. One that is wrong is taken back. */
  private confirm(watch: TurnWatch, device: string, target: number): void {
    const { all, nats } = this;
    for (const each of [watch, all]) {
      const { confirmation } = each;
      const verdict = confirmation.add(device, target, -nats[inverseOf(confirmation.turn)]);
      if (verdict === null) continue;
      if (verdict.certain) this.tell(watch, each === all ? all.turn : this.shownTurn(watch), each);
      else if (each === all) return this.turnAll(watch, inverseOf(verdict.turn));
      else return this.turnDevice(watch, inverseOf(verdict.turn));
    }
  }

  private look(watch: TurnWatch, likelihood: Likelihood): void {
    const { all } = this;
    const turnOfAll = this.find(all, all.turn, likelihood);
    if (turnOfAll !== NO_TURN) {
      all.confirmation.begin(turnOfAll);
      this.turnAll(watch, turnOfAll);
      return;
    }
    const turn = this.find(watch, this.shownTurn(watch), likelihood);
    if (turn === NO_TURN) return;
    watch.confirmation.begin(turn);
    this.turnDevice(watch, turn);
  }

  private turnAll(watch: TurnWatch, turn: number): void {
    this.all.turn = followedBy(this.all.turn, turn);
    this.all.begin();
    watch.begin();
  }

  /** As it is shown, it is turned once more: a turn before that of all that comes to the same. */
  private turnDevice(watch: TurnWatch, turn: number): void {
    const shown = followedBy(this.shownTurn(watch), turn);
    watch.turn = followedBy(shown, inverseOf(this.all.turn));
    watch.begin();
    this.all.begin();
  }

  /**
   * @param made the turn by which the watch's windows are shown.
   * @returns the further turn that helps, of all devices at least two; or {@link NO_TURN}.
   */
  private find(watch: TurnWatch, made: number, likelihood: Likelihood): number {
    const least = Math.max(LEAST_EVIDENCE, LEAST_CAUSE / watch.misses);
    const candidates = watch.candidates(least);
    if (candidates.length === 0) return NO_TURN;
    const asItIs = this.likelihoods(watch, made, likelihood);
    let best = NO_TURN;
    let most = LEAST_GAIN;
    for (const turn of candidates) {
      const turned = this.likelihoods(watch, followedBy(made, turn), likelihood);
      const gain = sum(turned) - sum(asItIs);
      if (gain > most && (watch !== this.all || helped(watch, asItIs, turned) > 1)) {
        best = turn;
        most = gain;
      } else {
        watch.refuse(turn);
      }
    }
    return best;
  }

  /** Of the label of each of the watch's windows, shown by this turn: the logarithm. */
  private likelihoods(watch: TurnWatch, turn: number, likelihood: Likelihood): readonly number[] {
    return watch.windows.map(({ x, target }) =>
      Math.log(Math.max(LEAST_PROBABILITY, likelihood(this.features.write(turn, x, this.tried), target))),
    );
  }
}

/** Devices whose windows become likelier. */
function helped({ windows }: TurnWatch, asItIs: readonly number[], turned: readonly number[]): number {
  const gains = new Map<string, number>();
  windows.forEach(({ device }, i) => gains.set(device, (gains.get(device) ?? 0) + turned[i] - asItIs[i]));
  let devices = 0;
  for (const gain of gains.values()) if (gain > 0) devices++;
  return devices;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
