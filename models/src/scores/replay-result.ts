import type { Prediction } from '@hark/contracts';
import { mostProbable } from './most-probable.js';

/** SHA-256 in progress; `createHash('sha256')` of Node is one. */
export interface RunningHash {
  update(data: string | Uint8Array): unknown;
  copy(): { digest(encoding: 'hex'): string };
}

/**
 * What a replay has come to so far, of a session by the gateway or of a file by the command line alike. The digest is
 * the SHA-256 over the final predictions in their order: id, activity, version, and the name and 64 bits of each
 * probability. It is the same for every speed, pause and step. As in the learner, the most probable class is scored,
 * also where confidence was too low to say it; windows without an answer are not.
 */
export class ReplayResult {
  /** Final predictions. */
  predictions = 0;
  /** Of these, with a label. */
  labelled = 0;
  /** Of the labelled, without an answer: no data, or nothing learned yet. */
  unanswered = 0;
  private correct = 0;

  /** @param hash a SHA-256 of nothing yet, this result's own from now on. */
  constructor(private readonly hash: RunningHash) {}

  add(prediction: Prediction): void {
    const { id, activity, modelVersion, probabilities, label } = prediction;
    const names = Object.keys(probabilities);
    const values = Float64Array.from(Object.values(probabilities));
    this.hash.update(JSON.stringify([id, activity, modelVersion, names]));
    this.hash.update(new Uint8Array(values.buffer));
    this.predictions++;
    if (label === null) return;
    this.labelled++;
    if (names.length === 0) this.unanswered++;
    else if (names[mostProbable(values)] === label) this.correct++;
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
