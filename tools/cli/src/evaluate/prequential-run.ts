import { Evaluation, type ClassifierFactory } from '@hark/models';
import type { EvaluationResult } from './evaluation-result.js';
import { FusedEvaluation } from './fused-evaluation.js';
import { LabelSchedule, type LabelOptions } from './label-schedule.js';
import { markOf, type Mark } from './mark.js';
import { OfflineLearner, readPrediction } from './offline-learner.js';
import { PredictionDigest } from './prediction-digest.js';
import type { FinalWindow } from './window-source.js';

/** Predict, then learn, one window after the other: what the service does. */
export class PrequentialRun {
  private readonly evaluation = new Evaluation();
  private readonly fused = new FusedEvaluation();
  private readonly digest = new PredictionDigest();
  private readonly learner: OfflineLearner;
  private readonly schedule: LabelSchedule;
  private readonly marks: Mark[] = [];
  private milliseconds = 0;
  private windows = 0;

  /** @param onPrediction gets every final prediction, as the service stores it. */
  constructor(
    private readonly classifier: ClassifierFactory,
    labels: LabelOptions,
    private readonly onPrediction: (bytes: Uint8Array) => void = () => {},
  ) {
    this.learner = new OfflineLearner({ classifier }, (topic, value) => {
      const mark = markOf(topic, value, this.evaluation.scored);
      if (mark !== null) this.marks.push(mark);
    });
    this.schedule = new LabelSchedule(labels);
  }

  /** @returns whether the window was recognised; null where it is not scored. */
  take(final: FinalWindow): boolean | null {
    let right: boolean | null = null;
    for (const { bytes, first } of this.schedule.next(final)) {
      const started = performance.now();
      const answer = this.learner.take(bytes);
      this.milliseconds += performance.now() - started;
      if (!first) continue;
      this.windows++;
      const prediction = readPrediction(answer);
      // Scored against the truth, also where the learner does not get to see it.
      const scored = { ...prediction, label: final.window.label };
      right = this.evaluation.add(scored);
      this.fused.add(scored, final.clockOffsetMs, prediction.label !== null);
      this.digest.add(prediction);
      this.onPrediction(answer);
    }
    return right;
  }

  finish(): Omit<EvaluationResult, 'against' | 'coldAgainst'> {
    return {
      classifier: this.classifier.name,
      report: this.evaluation.report(),
      cold: null,
      fused: this.fused.report(),
      coldFused: null,
      marks: this.marks,
      digest: this.digest.finish(this.learner.modelState()),
      modelVersion: this.learner.version,
      microsecondsPerWindow: this.windows === 0 ? 0 : (1000 * this.milliseconds) / this.windows,
    };
  }
}
