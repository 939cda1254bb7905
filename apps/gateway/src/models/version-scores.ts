import type { Prediction, ScoreSummary } from '@hark/contracts';
import { ConfusionMatrix } from '@hark/models';
import { StateReader, StateWriter, type LogRecord, type Processor } from '@hark/streaming';

const FORMAT = 'hark.version-scores';
const FORMAT_VERSION = 1;

/**
 * How each version has done on the windows that it answered: a fold of the final, labelled records of
 * `predictions`. As in the learner, the most probable class is scored, also where confidence was too low to say it.
 */
export class VersionScores implements Processor {
  private matrices = new Map<number, ConfusionMatrix>();

  process(_topic: string, _partition: number, record: LogRecord): void {
    const { value } = record;
    const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
    // Most records are early or unlabelled: told apart without being parsed.
    if (!text.includes('"final":true') || text.includes('"label":null')) return;
    let prediction: Prediction;
    try {
      prediction = JSON.parse(text) as Prediction;
    } catch {
      return;
    }
    const { label, modelVersion, probabilities } = prediction;
    const predicted = mostProbable(probabilities ?? {});
    if (typeof label !== 'string' || typeof modelVersion !== 'number' || predicted === null) return;
    let matrix = this.matrices.get(modelVersion);
    if (matrix === undefined) this.matrices.set(modelVersion, (matrix = new ConfusionMatrix()));
    matrix.add(label, predicted);
  }

  /** Scores of a version since it was made; of no windows when it has answered none with a label. */
  of(version: number): ScoreSummary {
    return (this.matrices.get(version) ?? new ConfusionMatrix()).summary();
  }

  snapshot(): Uint8Array {
    const state = new StateWriter(FORMAT, FORMAT_VERSION).u32(this.matrices.size);
    for (const [version, matrix] of this.matrices) {
      state.f64(version);
      matrix.write(state);
    }
    return state.finish();
  }

  restore(bytes: Uint8Array): void {
    const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
    this.matrices = new Map();
    for (let left = state.u32(); left > 0; left--) {
      const version = state.f64();
      this.matrices.set(version, ConfusionMatrix.read(state));
    }
    state.finish();
  }
}

/** The first of the greatest, or null of none. */
function mostProbable(probabilities: Readonly<Record<string, number>>): string | null {
  let most: string | null = null;
  let greatest = -1;
  for (const [name, probability] of Object.entries(probabilities)) {
    if (probability > greatest) {
      greatest = probability;
      most = name;
    }
  }
  return most;
}
