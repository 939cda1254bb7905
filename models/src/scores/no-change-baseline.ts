import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';

/** Streams whose last label is remembered; beyond it the one first seen is forgotten. */
const MOST_STREAMS = 65_536;

/** How often repeating the last label of the same stream would have been right. A stream's first window is wrong. */
export class NoChangeBaseline {
  private readonly last = new Map<string, string>();
  private right = 0;
  private count = 0;

  /** @returns whether the stream's last label was the same. */
  add(truth: string, stream: string): boolean {
    const right = this.last.get(stream) === truth;
    this.count++;
    if (right) this.right++;
    else this.last.set(stream, truth);
    if (this.last.size > MOST_STREAMS) {
      for (const oldest of this.last.keys()) {
        this.last.delete(oldest);
        break;
      }
    }
    return right;
  }

  /** 0 of none. */
  get accuracy(): number {
    return this.count === 0 ? 0 : this.right / this.count;
  }

  write(state: StateWriter): void {
    state.f64(this.right).f64(this.count).u32(this.last.size);
    for (const [stream, label] of this.last) state.string(stream).string(label);
  }

  static read(state: StateReader): NoChangeBaseline {
    const restored = new NoChangeBaseline();
    restored.right = state.f64();
    restored.count = state.f64();
    const streams = state.u32();
    if (streams > MOST_STREAMS) throw new StateFormatError(`${streams} streams`);
    for (let i = 0; i < streams; i++) restored.last.set(state.string(), state.string());
    return restored;
  }
}
