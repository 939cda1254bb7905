import type { Prediction } from '@hark/contracts';
import { createHash } from 'node:crypto';

/**
 * What a replay has come to so far. The digest is the SHA-256 over the final predictions in their order: id,
 * activity, version, and the name and 64 bits of each probability. It is the same for every speed, pause and step.
 */
export class ReplayResult {
  private readonly hash = createHash('sha256');
  /** Final predictions. */
  predictions = 0;
  /** Of these, with a label, and right. */
  labelled = 0;
  correct = 0;

  add(prediction: Prediction): void {
    const { id, activity, modelVersion, probabilities, label } = prediction;
    const entries = Object.entries(probabilities);
    this.hash.update(JSON.stringify([id, activity, modelVersion, entries.map(([name]) => name)]));
    this.hash.update(new Uint8Array(Float64Array.from(entries, ([, value]) => value).buffer));
    this.predictions++;
    if (label === null) return;
    this.labelled++;
    if (label === activity) this.correct++;
  }

  get digest(): string {
    return this.hash.copy().digest('hex');
  }

  /** Share of the labelled windows that were predicted right; null of none. */
  get accuracy(): number | null {
    return this.labelled === 0 ? null : this.correct / this.labelled;
  }
}
