/** The part of fft.js that is used here; the package has no types of its own. */
declare module 'fft.js' {
  export default class FFT {
    /** @param size a power of two, at least 2. */
    constructor(size: number);
    /** Fills bins 0 to size / 2 of `out` (real and imaginary parts in turn, 2 · size entries) from `size` reals. */
    realTransform(out: Float64Array, data: Float64Array): void;
  }
}
