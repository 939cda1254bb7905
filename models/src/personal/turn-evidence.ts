import { MAX_ACTIVITIES } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { AXIS_TURNS } from './axis-turns.js';

/** Windows of a class before it says anything, and its memory in windows. */
const LEAST_WINDOWS = 10;
const MEMORY = 500;
/** Added to each variance: people differ by so much at least. */
const FLOOR = 0.03;
/** Features that are read say the same several times over: their evidence is divided by this. */
const REDUNDANCY = 4;

/** Read off each axis. Their place within the block of an axis: gravity changes its sign, high and low change places. */
const PER_AXIS = ['gravity', 'acc_log_std', 'acc_max', 'acc_min', 'gyro_log_std', 'gyro_max', 'gyro_min'];
const REVERSED = [0, 1, 3, 2, 4, 6, 5];
/** Correlations of two axes, by the axis that is not among them. */
const PER_PAIR = ['acc', 'gyro'];
const PAIR_WITHOUT = ['yz', 'xz', 'xy'];
/** Values are held within it, so that products stay finite. */
const LARGEST = 1e6;

const READ = 3 * PER_AXIS.length + 3 * PER_PAIR.length;

/**
 * How likely a labelled window is after each of the 24 turns, by how the windows of its class usually lie: for each
 * class mean and variance of 27 features, on which a Student t of one degree of freedom is heavy-tailed enough for
 * what people do.
 */
export class TurnEvidence {
  /** Where the features stand: three axes' blocks, then the pairs'. */
  private readonly at: Int32Array;
  private readonly values = new Float64Array(READ);
  private readonly counts = new Float64Array(MAX_ACTIVITIES);
  private readonly means: Float64Array[] = [];
  private readonly variances: Float64Array[] = [];
  /** By turned axis, axis of the device and sign: how unlikely. */
  private readonly ofAxis = new Float64Array(18);
  private readonly ofPair = new Float64Array(18);

  /** @throws RangeError when a feature that is read is not among `names`. */
  constructor(names: readonly string[]) {
    const wanted = [
      ...['x', 'y', 'z'].flatMap((axis) =>
        PER_AXIS.map((name) =>
          name === 'gravity' ? `gravity_${axis}` : name.replace(/^(acc|gyro)/, `$1_${axis}`),
        ),
      ),
      ...PAIR_WITHOUT.flatMap((pair) => PER_PAIR.map((sensor) => `${sensor}_${pair}_correlation`)),
    ];
    this.at = Int32Array.from(wanted, (name) => {
      const index = names.indexOf(name);
      if (index < 0) throw new RangeError(`evidence of turns needs ${name}`);
      return index;
    });
  }

  /**
   * Writes to `evidence` by how much more likely `x` is after each turn than as it is, in nats.
   * @returns false when too little is known of the class; `evidence` is as it was then.
   */
  weigh(x: Float64Array, target: number, evidence: Float64Array): boolean {
    if (this.counts[target] < LEAST_WINDOWS) return false;
    this.gather(x);
    const { values, ofAxis, ofPair } = this;
    const mean = this.means[target];
    const variance = this.variances[target];
    for (let to = 0; to < 3; to++) {
      for (let from = 0; from < 3; from++) {
        let forward = 1;
        let reversed = 1;
        for (let k = 0; k < PER_AXIS.length; k++) {
          const i = to * PER_AXIS.length + k;
          const factor = 1 / (variance[i] + FLOOR);
          const value = values[from * PER_AXIS.length + k];
          const other = values[from * PER_AXIS.length + REVERSED[k]];
          const d = value - mean[i];
          const r = (k === 0 ? -value : other) - mean[i];
          forward *= 1 + d * d * factor;
          reversed *= 1 + r * r * factor;
        }
        ofAxis[to * 6 + from * 2] = Math.log(forward);
        ofAxis[to * 6 + from * 2 + 1] = Math.log(reversed);
        forward = 1;
        reversed = 1;
        for (let k = 0; k < PER_PAIR.length; k++) {
          const i = 3 * PER_AXIS.length + to * PER_PAIR.length + k;
          const factor = 1 / (variance[i] + FLOOR);
          const value = values[3 * PER_AXIS.length + from * PER_PAIR.length + k];
          const d = value - mean[i];
          const r = -value - mean[i];
          forward *= 1 + d * d * factor;
          reversed *= 1 + r * r * factor;
        }
        ofPair[to * 6 + from * 2] = Math.log(forward);
        ofPair[to * 6 + from * 2 + 1] = Math.log(reversed);
      }
    }
    let asItIs = 0;
    for (let turn = 0; turn < AXIS_TURNS.length; turn++) {
      const { axes, signs } = AXIS_TURNS[turn];
      let unlikely = 0;
      for (let to = 0; to < 3; to++) {
        unlikely += ofAxis[to * 6 + axes[to] * 2 + (signs[to] < 0 ? 1 : 0)];
        // The sign of a pair is that of both its axes.
        const opposed = signs[(to + 1) % 3] !== signs[(to + 2) % 3];
        unlikely += ofPair[to * 6 + axes[to] * 2 + (opposed ? 1 : 0)];
      }
      if (turn === 0) asItIs = unlikely;
      evidence[turn] = (asItIs - unlikely) / REDUNDANCY;
    }
    return true;
  }

  /** Learns how a window of a class lies, as the shared model is shown it. */
  learn(x: Float64Array, target: number): void {
    this.gather(x);
    const { values } = this;
    for (let c = this.means.length; c <= target; c++) {
      this.means.push(new Float64Array(READ));
      this.variances.push(new Float64Array(READ));
    }
    const mean = this.means[target];
    const variance = this.variances[target];
    const n = Math.min(MEMORY, this.counts[target] + 1);
    this.counts[target] = n;
    for (let i = 0; i < READ; i++) {
      const delta = values[i] - mean[i];
      mean[i] += delta / n;
      variance[i] += (delta * (values[i] - mean[i]) - variance[i]) / n;
    }
  }

  write(state: StateWriter): void {
    state.u32(this.means.length);
    for (let c = 0; c < this.means.length; c++) {
      state.f64(this.counts[c]).f64Array(this.means[c]).f64Array(this.variances[c]);
    }
  }

  read(state: StateReader): void {
    const classes = state.u32();
    if (classes > MAX_ACTIVITIES) throw new StateFormatError(`turns of ${classes} classes`);
    this.counts.fill(0);
    this.means.length = 0;
    this.variances.length = 0;
    for (let c = 0; c < classes; c++) {
      this.counts[c] = state.f64();
      this.means.push(state.f64Array(READ));
      this.variances.push(state.f64Array(READ));
    }
  }

  private gather(x: Float64Array): void {
    const { at, values } = this;
    for (let i = 0; i < READ; i++) values[i] = Math.max(-LARGEST, Math.min(LARGEST, x[at[i]]));
  }
}
