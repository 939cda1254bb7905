import { MAX_ACTIVITIES } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { BeliefChain } from './belief-chain.js';
import { Inertia } from './inertia.js';

export interface ActivityFilterOptions {
  /** Devices remembered; the one not heard of for longest is forgotten first. Default 65,536. */
  readonly devices?: number;
}

const DEVICES = 65_536;
/** No window speaks against a class more strongly than with this probability. */
const LEAST_PROBABILITY = 1e-4;

/**
 * What a device is doing, given all its windows up to the present one: the forward algorithm of a hidden Markov model
 * (Rabiner, A Tutorial on Hidden Markov Models, 1989, section III.A). The state is the activity; from one half window
 * to the next it stays with probability {@link Inertia} and is otherwise any of the classes; what is observed are the
 * classifier's probabilities. Only predictions of earlier windows are used, never their labels.
 *
 * - After a gap less is taken over, at the pace at which it would have been given up.
 * - Windows that overlap by more than half say partly the same: their evidence counts for as much as they are new.
 * - A final window goes on from the device's last final one. An early one goes on from the nearest window before it,
 *   early or final, and changes no final answer. Early windows are part of the state nevertheless: all are to be
 *   given, in the order of the log, or later early answers come out different.
 * - Class numbers must not change their meaning; when they do, as after a rollback, call {@link modelReplaced}.
 */
export class ActivityFilter {
  private readonly most: number;
  /** In the order of use, the least recently used first. */
  private readonly chains = new Map<string, BeliefChain>();
  private readonly prior = new Float64Array(MAX_ACTIVITIES);
  private readonly outputs: readonly Float64Array[];

  /** @param inertia part of what was learned: it belongs to the model. */
  constructor(
    public inertia = new Inertia(),
    { devices = DEVICES }: ActivityFilterOptions = {},
  ) {
    this.most = devices;
    const values = new Float64Array(MAX_ACTIVITIES);
    this.outputs = Array.from({ length: MAX_ACTIVITIES + 1 }, (_, count) => values.subarray(0, count));
  }

  /** Devices remembered. */
  get devices(): number {
    return this.chains.size;
  }

  /**
   * Takes a window's probabilities into account. Final windows of a device come in the order of their start; one that
   * does not come after the last is answered by itself, and changes nothing.
   *
   * @param key of the device.
   * @param startMs start of the window in the device's event time.
   * @param sizeMs its length, above 0.
   * @param probabilities by class number, at least one, sum 1; not changed.
   * @returns probabilities by class number, sum 1; the array is reused by the next call.
   */
  posterior(
    key: string,
    startMs: number,
    sizeMs: number,
    final: boolean,
    probabilities: Float64Array,
  ): Float64Array {
    const chain = this.chain(key);
    const classes = probabilities.length;
    const before = chain.before(startMs, final);
    const belief = this.outputs[classes];
    // In half windows: 1 from one window to the next by default.
    const steps = before === null ? Infinity : (2 * (startMs - before.startMs)) / sizeMs;
    const kept = before === null ? 0 : this.inertia.over(steps);
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const believed = before !== null && c < before.belief.length ? before.belief[c] : 0;
      const prior = kept * believed + (1 - kept) / classes;
      const evidence = Math.max(LEAST_PROBABILITY, probabilities[c]);
      this.prior[c] = prior;
      belief[c] = prior * (steps < 1 ? Math.exp(Math.log(evidence) * steps) : evidence);
      sum += belief[c];
    }
    for (let c = 0; c < classes; c++) belief[c] /= sum;
    if (final) this.inertia.note(before?.belief ?? null, this.prior, belief, kept, steps);
    chain.add(startMs, final, belief);
    return belief;
  }

  /** A window is answered without {@link posterior}: what is learned next is not about the window before it. */
  skip(): void {
    this.inertia.noteNothing();
  }

  /**
   * Learns from the true class of the final window that {@link posterior} was last asked for how much to take over. For
   * labels that come with their window; call it at most once for a window.
   * @param target class number; one that had no probability yet teaches nothing.
   */
  observe(target: number): void {
    this.inertia.learn(target);
  }

  /** Another model answers from now on: its classes may have other numbers, so what was believed is forgotten. */
  modelReplaced(inertia: Inertia): void {
    this.inertia = inertia;
    this.forgetBeliefs();
  }

  /** The beliefs; the inertia is written with its model. */
  write(state: StateWriter): void {
    state.u32(this.chains.size);
    for (const [key, chain] of this.chains) chain.write(state.string(key));
  }

  /** @throws StateFormatError */
  read(state: StateReader): void {
    this.forgetBeliefs();
    for (let left = state.u32(); left > 0; left--) this.chains.set(state.string(), BeliefChain.read(state));
    if (this.chains.size > this.most) throw new StateFormatError(`${this.chains.size} devices`);
  }

  private forgetBeliefs(): void {
    this.chains.clear();
    this.inertia.noteNothing();
  }

  private chain(key: string): BeliefChain {
    const { chains } = this;
    let chain = chains.get(key);
    if (chain !== undefined) chains.delete(key);
    else {
      chain = new BeliefChain();
      if (chains.size === this.most) {
        for (const oldest of chains.keys()) {
          chains.delete(oldest);
          break;
        }
      }
    }
    chains.set(key, chain);
    return chain;
  }
}
