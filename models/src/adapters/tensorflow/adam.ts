import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { float32Bytes, readFloat32 } from './float32-bytes.js';

/** As in the paper. */
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * Adam (Kingma & Ba 2015), algorithm 1 with the corrections for the start taken into the rate, for weights of which a
 * part is used. A plain loop: over a few thousand weights it takes less time than a dozen operations of TensorFlow.
 */
export class Adam {
  /** Averages of the gradient and of its square. */
  private readonly first: Float32Array;
  private readonly second: Float32Array;
  /** β₁ and β₂ to the power of the number of steps taken. */
  private readonly powers = Float64Array.of(1, 1);

  /** @param length how many weights there are. */
  constructor(
    length: number,
    private readonly rate: number,
  ) {
    this.first = new Float32Array(length);
    this.second = new Float32Array(length);
  }

  /** Moves the first weights against the gradient, of which there may be fewer. */
  step(weights: Float32Array, gradient: Float32Array): void {
    const { first, second, powers } = this;
    powers[0] *= BETA1;
    powers[1] *= BETA2;
    const correction = Math.sqrt(1 - powers[1]);
    const rate = (this.rate * correction) / (1 - powers[0]);
    const epsilon = EPSILON * correction;
    for (let i = 0; i < gradient.length; i++) {
      const g = gradient[i];
      first[i] += (1 - BETA1) * (g - first[i]);
      second[i] += (1 - BETA2) * (g * g - second[i]);
      weights[i] -= (rate * first[i]) / (Math.sqrt(second[i]) + epsilon);
    }
  }

  write(state: StateWriter): void {
    state.f64Array(this.powers).bytes(float32Bytes(this.first)).bytes(float32Bytes(this.second));
  }

  /** @throws StateFormatError */
  read(state: StateReader): void {
    this.powers.set(state.f64Array(2));
    readFloat32(state.bytes(), this.first);
    readFloat32(state.bytes(), this.second);
    const valid = this.powers.every((power) => power >= 0 && power <= 1) && this.second.every((v) => v >= 0);
    if (!valid) throw new StateFormatError('moments that Adam can not have');
  }
}
