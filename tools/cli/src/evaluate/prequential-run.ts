import { Evaluation, type EvaluationReport } from '@hark/models';
import { LabelSchedule, type LabelOptions } from './label-schedule.js';
import { OfflineLearner, readPrediction } from './offline-learner.js';
import { PredictionDigest } from './prediction-digest.js';
import type { FinalWindow } from './window-source.js';

/** Predict, then learn, one window after the other: what the service does. */
export class PrequentialRun {
  private readonly evaluation = new Evaluation();
  private readonly digest = new PredictionDigest();
  private readonly learner: OfflineLearner;
  private readonly schedule: LabelSchedule;

  /** @param onPrediction gets every final prediction, as the service stores it. */
  constructor(
    classifier: string,
    labels: LabelOptions,
    private readonly onPrediction: (bytes: Uint8Array) => void = () => {},
  ) {
    this.learner = new OfflineLearner({ classifier });
    this.schedule = new LabelSchedule(labels);
  }

  take(final: FinalWindow): void {
    for (const { bytes, first } of this.schedule.next(final)) {
      const answer = this.learner.take(bytes);
      if (!first) continue;
      const prediction = readPrediction(answer);
      // Scored against the truth, also where the learner does not get to see it.
      this.evaluation.add({ ...prediction, label: final.window.label });
      this.digest.add(prediction);
      this.onPrediction(answer);
    }
  }

  finish(): { readonly report: EvaluationReport; readonly digest: string; readonly version: number } {
    return {
      report: this.evaluation.report(),
      digest: this.digest.finish(this.learner.modelState()),
      version: this.learner.version,
    };
  }
}
