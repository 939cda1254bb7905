/** How many multiples of the stride frequency a signal may hold. */
export const HARMONICS = 6;

/**
 * A periodic signal Σ aₖ sin(kφ) + bₖ cos(kφ), k = 1 … 6, with its first and second derivatives by φ. Evaluated
 * from the tables that {@link PhaseTable} fills once an instant for all signals.
 */
export class Harmonics {
  private readonly a = new Float64Array(HARMONICS);
  private readonly b = new Float64Array(HARMONICS);
  private readonly order: number;

  /** @param amplitudes of the multiples 1, 2 …; @param phases radians, one for each. */
  constructor(amplitudes: readonly number[], phases: readonly number[]) {
    this.order = amplitudes.length;
    for (let k = 0; k < this.order; k++) {
      this.a[k] = amplitudes[k] * Math.cos(phases[k]);
      this.b[k] = amplitudes[k] * Math.sin(phases[k]);
    }
  }

  value(table: PhaseTable): number {
    const { sin, cos } = table;
    let sum = 0;
    for (let k = 0; k < this.order; k++) sum += this.a[k] * sin[k] + this.b[k] * cos[k];
    return sum;
  }

  slope(table: PhaseTable): number {
    const { sin, cos } = table;
    let sum = 0;
    for (let k = 0; k < this.order; k++) sum += (k + 1) * (this.a[k] * cos[k] - this.b[k] * sin[k]);
    return sum;
  }

  curvature(table: PhaseTable): number {
    const { sin, cos } = table;
    let sum = 0;
    for (let k = 0; k < this.order; k++) sum -= (k + 1) * (k + 1) * (this.a[k] * sin[k] + this.b[k] * cos[k]);
    return sum;
  }
}

/** sin(kφ) and cos(kφ) for k = 1 … 6, from one sine and one cosine by the angle addition formulas. */
export class PhaseTable {
  readonly sin = new Float64Array(HARMONICS);
  readonly cos = new Float64Array(HARMONICS);

  set(phase: number): void {
    const { sin, cos } = this;
    const s = Math.sin(phase);
    const c = Math.cos(phase);
    sin[0] = s;
    cos[0] = c;
    for (let k = 1; k < HARMONICS; k++) {
      sin[k] = sin[k - 1] * c + cos[k - 1] * s;
      cos[k] = cos[k - 1] * c - sin[k - 1] * s;
    }
  }
}
