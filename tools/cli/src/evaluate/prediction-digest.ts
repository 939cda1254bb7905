import { createHash } from 'node:crypto';
import type { Prediction } from '@hark/contracts';

/**
 * SHA-256 over the final predictions in their order (id, version, classes and the bits of their probabilities), and
 * over the model at the end: equal digests mean that two runs answered alike, bit for bit.
 */
export class PredictionDigest {
  private readonly hash = createHash('sha256');

  add({ id, modelVersion, probabilities }: Prediction): void {
    this.hash.update(`${id}\n${modelVersion}\n${Object.keys(probabilities).join(',')}\n`);
    this.hash.update(Float64Array.from(Object.values(probabilities)));
  }

  finish(modelState: Uint8Array): string {
    return this.hash.update(modelState).digest('hex');
  }
}
