/** Thrown when a window is not as long as the extractor was built for; a matter of wiring, not of data. */
export class WindowLengthError extends Error {
  readonly code = 'window_length';

  constructor(
    readonly expectedSeconds: number,
    readonly seconds: number,
  ) {
    super(`features of ${expectedSeconds} s windows asked of a window of ${seconds} s`);
  }
}
