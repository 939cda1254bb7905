import { RealFft } from './real-fft.js';

/** Frequencies a 50 Hz sensor still shows undamped; the highest one used. The margin keeps 15 Hz itself in. */
export const MAX_FREQUENCY_HZ = 15.01;

/**
 * Power spectrum of a series without its mean, seen through a periodic Hann window and padded with zeros to a
 * power of two. Scaled so that all bins, 0 to the rate / 2, sum to about the series' variance (for the bins inside,
 * the two-sided power is counted on one side).
 */
export class PowerSpectrum {
  /** Hz from bin to bin. */
  readonly resolution: number;
  /** Power in bin k, from 0 Hz up; valid until the next {@link compute}. */
  readonly power: Float64Array;
  private readonly fft: RealFft;
  private readonly window: Float64Array;
  private readonly input: Float64Array;
  private readonly output: Float64Array;
  private readonly scale: number;

  /**
   * @param points length of the series, at least 2.
   * @param rate samples a second.
   */
  constructor(
    readonly points: number,
    rate: number,
  ) {
    let size = 2;
    while (size < points) size *= 2;
    this.resolution = rate / size;
    this.fft = new RealFft(size);
    this.input = new Float64Array(size);
    this.output = new Float64Array(2 * size);
    this.power = new Float64Array(size / 2 + 1);
    this.window = new Float64Array(points);
    let sum = 0;
    for (let i = 0; i < points; i++) {
      const w = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / points);
      this.window[i] = w;
      sum += w * w;
    }
    this.scale = 2 / (size * sum);
  }

  /** Fills {@link power} from `points` values with mean 0. */
  compute(centred: Float64Array): void {
    const { input, output, power, window, scale } = this;
    for (let i = 0; i < window.length; i++) input[i] = centred[i] * window[i];
    this.fft.transform(input, output);
    for (let k = 0; k < power.length; k++) {
      const re = output[2 * k];
      const im = output[2 * k + 1];
      power[k] = (re * re + im * im) * scale;
    }
  }

  /** The first bin whose frequency is not below `hz`, at most the number of bins. */
  binAt(hz: number): number {
    return Math.min(Math.ceil(hz / this.resolution), this.power.length);
  }
}
