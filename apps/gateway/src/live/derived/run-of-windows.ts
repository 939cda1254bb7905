import type { StateReader, StateWriter } from '@hark/streaming';

/** How far apart two windows of one run may be: more than that was not seen, so nothing is said about it. */
const LONGEST_GAP_MS = 10_000;

/** Windows in a row that all say the same of one activity: since when, and with what mean probability. */
export class RunOfWindows {
  private activity = '';
  private startMs = 0;
  private endMs = 0;
  private sum = 0;
  private count = 0;

  /** Goes on with this window, or begins anew when it is of another activity or after a gap. Event time in ms. */
  add(activity: string, startMs: number, endMs: number, probability: number): void {
    if (this.count === 0 || this.activity !== activity || startMs - this.endMs > LONGEST_GAP_MS) {
      this.activity = activity;
      this.startMs = startMs;
      this.sum = 0;
      this.count = 0;
    }
    this.endMs = endMs;
    this.sum += probability;
    this.count++;
  }

  break(): void {
    this.count = 0;
  }

  hasLasted(ms: number): boolean {
    return this.count > 0 && this.endMs - this.startMs >= ms;
  }

  /** Of a run that is not broken. */
  get since(): number {
    return this.startMs;
  }

  /** Of a run that is not broken. */
  get meanProbability(): number {
    return this.sum / this.count;
  }

  write(state: StateWriter): void {
    state.u32(this.count);
    // Of a run that is broken nothing else counts.
    if (this.count > 0) state.name(this.activity).f64(this.startMs).f64(this.endMs).f64(this.sum);
  }

  static read(state: StateReader): RunOfWindows {
    const run = new RunOfWindows();
    if (state.version > 1) run.count = state.u32();
    if (state.version === 1 || run.count > 0) {
      run.activity = state.name();
      run.startMs = state.f64();
      run.endMs = state.f64();
      run.sum = state.f64();
    }
    if (state.version === 1) run.count = state.u32();
    return run;
  }
}
