import type { Prediction } from '@hark/contracts';
import { createHash } from 'node:crypto';
import { mostProbable } from '../models/version-scores.js';

/**
 * What a replay has come to so far. The digest is the SHA-256 over the final predictions in their order: id,
 * activity, version, and the name and 64 bits of each probability. It is the same for every speed, pause and step. As in the learner, the most
 * probable class is scored, also where confidence was too low to say it; windows without an answer are not.
 */
export class ReplayResult {
  private readonly hash = createHash('sha256');
  /** Final predictions. */
  predictions = 0;
  /** Of these, with a label. */
  labelled = 0;
  /** Of the labelled, without an answer: no data, or nothing learned yet. */
  unanswered = 0;
  private correct = 0;

  add(prediction: Prediction): void {
    const { id, activity, modelVersion, probabilities, label } = prediction;
    const entries = Object.entries(probabilities);
    this.hash.update(JSON.stringify([id, activity, modelVersion, entries.map(([name]) => name)]));
    this.hash.update(new Uint8Array(Float64Array.from(entries, ([, value]) => value).buffer));
    this.predictions++;
    if (label === null) return;
    this.labelled++;
    const predicted = mostProbable(probabilities);
    if (predicted === null) this.unanswered++;
    else if (predicted === label) this.correct++;
  }

  get digest(): string {
    return this.hash.copy().digest('hex');
  }

  /** Share of the labelled and answered windows whose most probable class is the label; null of none. */
  get accuracy(): number | null {
    const scored = this.labelled - this.unanswered;
    return scored === 0 ? null : this.correct / scored;
  }
}
