import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';

/** Windows of which one mean is taken: neighbours are alike, means of so many hardly. */
const BLOCK = 32;
/** Blocks assumed to be seen, with mean 0 and deviation 1; the past is halved beyond the other number. */
const PRIOR_BLOCKS = 4;
const MOST_BLOCKS = 32;
/** A block's mean counts as if means scattered by this much at least. */
const LEAST_DEVIATION = 0.5;
/** A block counts for no more than so many deviations, and beyond fewer it is not taken for usual. */
const FARTHEST = 5;
const UNUSUAL = 3;
/** Deviations smaller than this count for nothing. */
const SLACK = 1;
const WARNING = 5.5;
const DRIFT = 7.5;

export interface BlockSignal {
  readonly severity: 'warning' | 'drift';
  /** The channel that changed most, and all that changed. */
  readonly channel: number;
  readonly changed: readonly number[];
  readonly statistic: number;
  readonly threshold: number;
  /** Mean of the channel before, and in the last block. */
  readonly before: number;
  readonly after: number;
  /** Windows since the change seems to have begun, and the number of the window with which it did. */
  readonly since: number;
  readonly began: number;
}

/**
 * Several numbers watched side by side, each by a self-starting CUSUM (Hawkins 1987) of block means: each block's mean
 * in standard deviations of those before it, summed up where it is off for longer, in either direction. Blocks because
 * an activity lasts: single windows are so much like their neighbours that any test of them cries at each change of
 * posture (the method of batch means, Law & Carson 1979).
 */
export class BlockChart {
  private windows = 0;
  private readonly sums: Float64Array;
  private readonly blocks: Float64Array;
  private readonly mean: Float64Array;
  private readonly squares: Float64Array;
  private readonly rise: Float64Array;
  private readonly fall: Float64Array;
  /** Blocks since the greater of the two sums left 0. */
  private readonly since: Float64Array;
  /** Number of the window with which the greater of the two sums left 0, and of the block's first. */
  private readonly began: Float64Array;
  private blockBegan = 0;
  private warned = false;

  /**
   * @param falling a channel of which a rise is no change; −1 for none.
   * @param settles whether after a drift the last block is the usual one; otherwise 0 is, as at first.
   */
  constructor(
    private readonly channels: number,
    private readonly falling: number,
    private readonly settles = true,
  ) {
    this.sums = new Float64Array(channels);
    this.blocks = new Float64Array(channels).fill(PRIOR_BLOCKS);
    this.mean = new Float64Array(channels);
    this.squares = new Float64Array(channels).fill(PRIOR_BLOCKS);
    this.rise = new Float64Array(channels);
    this.fall = new Float64Array(channels);
    this.since = new Float64Array(channels);
    this.began = new Float64Array(channels);
  }

  /** Blocks that are remembered. */
  get seen(): number {
    return this.channels === 0 ? 0 : this.blocks[0] - PRIOR_BLOCKS;
  }

  /** Whether a block has been seen. */
  get known(): boolean {
    return this.seen > 0;
  }

  /** Whether the next window begins a block. */
  get fresh(): boolean {
    return this.windows === 0;
  }

  /** The usual mean of a channel. */
  usual(channel: number): number {
    return this.mean[channel];
  }

  /**
   * @param window its number.
   * @returns what the block says that this window completes; null most often. A warning once, on entering its zone.
   */
  add(window: number, values: Float64Array): BlockSignal | null {
    if (this.windows === 0) this.blockBegan = window;
    for (let c = 0; c < this.channels; c++) this.sums[c] += values[c];
    if (++this.windows < BLOCK) return null;
    let strongest = 0;
    for (let c = 0; c < this.channels; c++) {
      this.addBlock(c, this.sums[c] / BLOCK);
      if (this.height(c) > this.height(strongest)) strongest = c;
    }
    const signal = this.signal(strongest);
    if (signal?.severity === 'drift') this.startAnew();
    this.windows = 0;
    this.sums.fill(0);
    const repeated = signal?.severity === 'warning' && this.warned;
    this.warned = signal?.severity === 'warning';
    return repeated ? null : signal;
  }

  write(state: StateWriter): void {
    state.u8(this.windows).bool(this.warned).f64(this.blockBegan);
    for (const values of this.arrays) state.f64Array(values);
  }

  read(state: StateReader): void {
    this.windows = state.u8();
    if (this.windows >= BLOCK) throw new StateFormatError(`a block of ${this.windows} windows`);
    this.warned = state.bool();
    this.blockBegan = state.f64();
    for (const values of this.arrays) values.set(state.f64Array(this.channels));
  }

  private get arrays(): readonly Float64Array[] {
    return [this.sums, this.blocks, this.mean, this.squares, this.rise, this.fall, this.since, this.began];
  }

  private height(channel: number): number {
    return Math.max(this.rise[channel], this.fall[channel]);
  }

  private addBlock(c: number, value: number): void {
    const { blocks, mean, squares, rise, fall, since } = this;
    const deviation = Math.max(LEAST_DEVIATION, Math.sqrt((squares[c] / blocks[c]) * (1 + 1 / blocks[c])));
    const z = Math.max(-FARTHEST, Math.min(FARTHEST, (value - mean[c]) / deviation));
    if (c !== this.falling) rise[c] = Math.max(0, rise[c] + z - SLACK);
    fall[c] = Math.max(0, fall[c] - z - SLACK);
    since[c] = this.height(c) > 0 ? since[c] + 1 : 0;
    if (since[c] === 1) this.began[c] = this.blockBegan;
    if (Math.abs(z) > UNUSUAL) return;
    if (blocks[c] >= MOST_BLOCKS) {
      blocks[c] /= 2;
      squares[c] /= 2;
    }
    blocks[c]++;
    const before = value - mean[c];
    mean[c] += before / blocks[c];
    squares[c] += before * (value - mean[c]);
  }

  private signal(channel: number): BlockSignal | null {
    const statistic = this.height(channel);
    if (!(statistic > WARNING)) return null;
    const severity = statistic > DRIFT ? 'drift' : 'warning';
    const changed: number[] = [];
    for (let c = 0; c < this.channels; c++) if (this.height(c) > WARNING) changed.push(c);
    return {
      severity,
      channel,
      changed,
      statistic,
      threshold: severity === 'drift' ? DRIFT : WARNING,
      before: this.mean[channel],
      after: this.sums[channel] / BLOCK,
      since: BLOCK * this.since[channel],
      began: this.began[channel],
    };
  }

  private startAnew(): void {
    for (let c = 0; c < this.channels; c++) this.mean[c] = this.settles ? this.sums[c] / BLOCK : 0;
    this.blocks.fill(PRIOR_BLOCKS);
    this.squares.fill(PRIOR_BLOCKS);
    for (const sums of [this.rise, this.fall, this.since, this.began]) sums.fill(0);
  }
}
