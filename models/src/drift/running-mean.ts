import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';

/** The mean of the values so far (Finch 2009), updated in River's order, for River's bits. */
export class RunningMean {
  count = 0;
  /** 0 of none. */
  mean = 0;

  add(value: number): void {
    this.count++;
    this.mean += (1 / this.count) * (value - this.mean);
  }

  copyFrom(other: RunningMean): void {
    this.count = other.count;
    this.mean = other.mean;
  }

  clear(): void {
    this.count = 0;
    this.mean = 0;
  }

  /** Mean of the values added since `earlier` was a copy of this; the mean of all when there are none. */
  since(earlier: RunningMean): number {
    const more = this.count - earlier.count;
    return more === 0 ? this.mean : (this.count * this.mean - earlier.count * earlier.mean) / more;
  }

  write(state: StateWriter): void {
    state.f64(this.count).f64(this.mean);
  }

  read(state: StateReader): void {
    this.count = state.f64();
    this.mean = state.f64();
    if (!(this.count >= 0)) throw new StateFormatError(`a mean of ${this.count} values`);
  }
}
