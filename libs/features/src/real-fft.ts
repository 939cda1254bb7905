/**
 * Discrete Fourier transform of real series of one length, radix 4 after a first step of 2 or 4, decimated in time:
 * E. O. Brigham, The Fast Fourier Transform, section 10. Of each step only the lower half is computed, for the upper
 * one mirrors it. The operations and their order are those of `realTransform` in fft.js 4.0.4, so that spectra are the
 * same to the bit; what multiplies by 1 or adds 0 is left out.
 */
export class RealFft {
  /** cos and −sin of π i / size, in turn. */
  private readonly turns: Float64Array;
  /** Where the first step reads: entry `i` is the first of its inputs. */
  private readonly order: Int32Array;
  private readonly firstStep: 2 | 4;

  /** @param size a power of two, at least 2. */
  constructor(readonly size: number) {
    this.turns = new Float64Array(2 * size);
    for (let i = 0; i < size; i++) {
      const angle = (Math.PI * (2 * i)) / size;
      this.turns[2 * i] = Math.cos(angle);
      this.turns[2 * i + 1] = -Math.sin(angle);
    }
    let bits = 0;
    while (1 << bits < size) bits++;
    this.firstStep = bits % 2 === 1 ? 2 : 4;
    this.order = new Int32Array(size / this.firstStep);
    const digits = (bits - (this.firstStep === 2 ? 1 : 2)) / 2;
    for (let i = 0; i < this.order.length; i++) this.order[i] = reversed(i, digits);
  }

  /**
   * @param input `size` values.
   * @param out `2 * size` entries: real and imaginary part of bins 0 to size / 2, in turn; what follows is scratch.
   */
  transform(input: Float64Array, out: Float64Array): void {
    if (this.firstStep === 2) this.startWithTwo(input, out);
    else this.startWithFour(input, out);
    for (let length = 8 * this.firstStep; length <= out.length; length *= 4) this.step(length, out);
  }

  private startWithTwo(input: Float64Array, out: Float64Array): void {
    const { order, size } = this;
    const half = size / 2;
    for (let i = 0, at = 0; i < order.length; i++, at += 4) {
      const even = input[order[i]];
      const odd = input[order[i] + half];
      out[at] = even + odd;
      out[at + 1] = 0;
      out[at + 2] = even - odd;
      out[at + 3] = 0;
    }
  }

  private startWithFour(input: Float64Array, out: Float64Array): void {
    const { order, size } = this;
    const quarter = size / 4;
    for (let i = 0, at = 0; i < order.length; i++, at += 8) {
      const from = order[i];
      const a = input[from];
      const b = input[from + quarter];
      const c = input[from + 2 * quarter];
      const d = input[from + 3 * quarter];
      out[at] = a + c + (b + d);
      out[at + 1] = 0;
      out[at + 2] = a - c;
      out[at + 3] = -(b - d);
      out[at + 4] = a + c - (b + d);
      out[at + 5] = 0;
    }
  }

  /** Makes one transform of each four neighbouring ones; `length` entries of `out` hold them. */
  private step(length: number, out: Float64Array): void {
    const { turns } = this;
    const stride = (2 * out.length) / length;
    const half = length / 2;
    const quarter = length / 4;
    const middle = length / 8;
    for (let start = 0; start < out.length; start += length) {
      const a0 = out[start];
      const b0 = out[start + quarter];
      const c0 = out[start + half];
      const d0 = out[start + half + quarter];
      out[start] = a0 + c0 + (b0 + d0);
      out[start + 1] = 0;
      out[start + quarter] = a0 - c0;
      out[start + quarter + 1] = -(b0 - d0);
      out[start + half] = a0 + c0 - (b0 + d0);
      out[start + half + 1] = 0;
      for (let i = 2, k = stride; i <= middle; i += 2, k += stride) {
        const a = start + i;
        const b = a + quarter;
        const c = b + quarter;
        const d = c + quarter;
        const ar = out[a];
        const ai = out[a + 1];
        const br = out[b] * turns[k] - out[b + 1] * turns[k + 1];
        const bi = out[b] * turns[k + 1] + out[b + 1] * turns[k];
        const cr = out[c] * turns[2 * k] - out[c + 1] * turns[2 * k + 1];
        const ci = out[c] * turns[2 * k + 1] + out[c + 1] * turns[2 * k];
        const dr = out[d] * turns[3 * k] - out[d + 1] * turns[3 * k + 1];
        const di = out[d] * turns[3 * k + 1] + out[d + 1] * turns[3 * k];
        const evenR = ar + cr;
        const evenI = ai + ci;
        const differenceR = ar - cr;
        const differenceI = ai - ci;
        const oddR = br + dr;
        const oddI = bi + di;
        const crossR = br - dr;
        const crossI = bi - di;
        out[a] = evenR + oddR;
        out[a + 1] = evenI + oddI;
        out[b] = differenceR + crossI;
        out[b + 1] = differenceI - crossR;
        // At the middle the mirrored bins are those just written.
        if (i === middle) break;
        const mirroredA = start + quarter - i;
        const mirroredB = start + half - i;
        out[mirroredA] = differenceR - crossI;
        out[mirroredA + 1] = -differenceI - crossR;
        out[mirroredB] = evenR - oddR;
        out[mirroredB + 1] = oddI - evenI;
      }
    }
  }
}

/** The lowest `digits` digits of a number to base 4, in reverse. */
function reversed(value: number, digits: number): number {
  let out = 0;
  for (let digit = 0; digit < digits; digit++) out = out * 4 + ((value >>> (2 * digit)) & 3);
  return out;
}
