import { MAX_ACTIVITIES } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import type { Xoshiro128 } from '../../random/xoshiro128.js';
import { float32Bytes, readFloat32 } from './float32-bytes.js';

/**
 * A bounded sample of the stream with about as many windows of each class, however rare it is: class-balancing
 * reservoir sampling (Chrysakis & Moens 2020, algorithm 1).
 *
 * While there is room, every window is kept. After that, one of a class that has never been the largest takes the place
 * of a window of the largest; the m windows held of any other class are a uniform sample of the n that came.
 */
export class ReplayBuffer {
  /** Windows held. */
  size = 0;
  private readonly values: Float32Array;
  private readonly targets: Uint8Array;
  /** By class: windows held, windows that came, and whether it has been the largest since there was no room. */
  private readonly held = new Uint32Array(MAX_ACTIVITIES);
  private readonly came = new Float64Array(MAX_ACTIVITIES);
  private readonly full = new Uint8Array(MAX_ACTIVITIES);

  /** @param dimensions length of a row. */
  constructor(
    private readonly dimensions: number,
    private readonly capacity: number,
  ) {
    this.values = new Float32Array(capacity * dimensions);
    this.targets = new Uint8Array(capacity);
  }

  /** Offers the row of a window of the class `target`. */
  offer(x: Float32Array, target: number, random: Xoshiro128): void {
    this.came[target]++;
    const slot = this.slotFor(target, random);
    if (slot < 0) return;
    this.values.set(x, slot * this.dimensions);
    this.targets[slot] = target;
    this.held[target]++;
  }

  /** Copies the row of the window in `slot`, 0 to size − 1, to `output[at…]`. @returns its class. */
  copy(slot: number, output: Float32Array, at: number): number {
    const start = slot * this.dimensions;
    output.set(this.values.subarray(start, start + this.dimensions), at);
    return this.targets[slot];
  }

  write(state: StateWriter): void {
    state.u32(this.size).bytes(float32Bytes(this.values)).bytes(this.targets);
    state.f64Array(this.came).bytes(this.full);
  }

  /** @throws StateFormatError */
  read(state: StateReader): void {
    this.size = state.u32();
    readFloat32(state.bytes(), this.values);
    const targets = state.bytes();
    this.came.set(state.f64Array(MAX_ACTIVITIES));
    const full = state.bytes();
    const fits =
      this.size <= this.capacity && targets.length === this.capacity && full.length === MAX_ACTIVITIES;
    if (!fits || targets.some((target) => target >= MAX_ACTIVITIES)) {
      throw new StateFormatError('a replay buffer of another form');
    }
    this.targets.set(targets);
    this.full.set(full);
    this.held.fill(0);
    for (let slot = 0; slot < this.size; slot++) this.held[targets[slot]]++;
  }

  /** The slot for a window of `target`, vacated; −1 = it is not kept. */
  private slotFor(target: number, random: Xoshiro128): number {
    if (this.size < this.capacity) return this.size++;
    const largest = this.held.indexOf(Math.max(...this.held));
    this.full[largest] = 1;
    if (this.full[target] === 0) return this.vacate(largest, random);
    const keep = random.nextUniform() * this.came[target] < this.held[target];
    return keep ? this.vacate(target, random) : -1;
  }

  private vacate(target: number, random: Xoshiro128): number {
    let left = Math.floor(random.nextUniform() * this.held[target]);
    let slot = this.targets.indexOf(target);
    while (left-- > 0) slot = this.targets.indexOf(target, slot + 1);
    this.held[target]--;
    return slot;
  }
}
