import { setImmediate as otherWork } from 'node:timers/promises';
import type { Prediction } from '@hark/contracts';
import { Evaluation, type ClassifierFactory } from '@hark/models';
import type { EvaluationResult } from './evaluation-result.js';
import { FusedEvaluation } from './fused-evaluation.js';
import { LabelSchedule, type LabelOptions } from './label-schedule.js';
import { markOf, type Mark } from './mark.js';
import { OfflineLearner, readPrediction } from './offline-learner.js';
import { PredictionDigest } from './prediction-digest.js';
import type { FinalWindow } from './window-source.js';

/** Windows between two looks at what else is to be done: a signal, the progress. */
const STRETCH = 256;

/** What is wanted to be known while users are left out in turn. */
export interface LeaveOneUserOutHooks {
  /** After a stretch of windows; may throw to end it. */
  readonly onProgress?: (share: number, user: number, users: number) => void;
  /** Each window of the user left out, and whether it was recognised; null where it is not scored. */
  readonly onWindow?: (window: FinalWindow, cold: boolean | null, adapting: boolean | null) => void;
}

/**
 * How well users are recognised of whom the model has learned nothing. For each user in the order they appear: learns
 * the windows of all others in their order, then answers the user's own, twice: frozen (`cold`), and going on learning
 * (`report`). The digest is over the answers of the latter, user after user.
 *
 * @throws TooFewUsersError when there are fewer than two.
 */
export async function leaveOneUserOut(
  windows: readonly FinalWindow[],
  classifier: ClassifierFactory,
  labels: LabelOptions,
  { onProgress = () => {}, onWindow = () => {} }: LeaveOneUserOutHooks = {},
): Promise<Omit<EvaluationResult, 'against' | 'coldAgainst'>> {
  const users = [...new Set(windows.map(({ window }) => window.user))];
  if (users.length < 2) throw new TooFewUsersError(users.length);
  const cold = new Evaluation();
  const adapting = new Evaluation();
  const coldFused = new FusedEvaluation();
  const fused = new FusedEvaluation();
  const digest = new PredictionDigest();
  const marks: Mark[] = [];
  let state = new Uint8Array(0);
  let milliseconds = 0;
  let done = 0;
  for (const [i, user] of users.entries()) {
    const step = async () => {
      if (++done % STRETCH !== 0) return;
      // Each window is taken once for each user.
      onProgress(done / (windows.length * users.length), i + 1, users.length);
      await otherWork();
    };
    const others = new OfflineLearner({ classifier, versions: false });
    const schedule = new LabelSchedule(labels);
    for (const final of windows) {
      if (final.window.user === user) continue;
      answer(others, schedule, final);
      await step();
    }
    marks.push({ at: adapting.scored, kind: 'user', text: user });
    const startFrom = { version: 1, state: others.modelState() };
    const frozen = new OfflineLearner({ classifier, startFrom, learning: false, versions: false });
    const going = new OfflineLearner({ classifier, startFrom, versions: false }, (topic, value) => {
      const mark = markOf(topic, value, adapting.scored);
      if (mark !== null) marks.push(mark);
    });
    const schedules = [new LabelSchedule(labels), new LabelSchedule(labels)];
    for (const final of windows) {
      if (final.window.user !== user) continue;
      const { scored: coldPrediction } = answer(frozen, schedules[0], final);
      const coldRight = cold.add(coldPrediction);
      coldFused.add(coldPrediction, final.clockOffsetMs, false);
      const started = performance.now();
      const { scored: prediction, given } = answer(going, schedules[1], final);
      milliseconds += performance.now() - started;
      digest.add(prediction);
      fused.add(prediction, final.clockOffsetMs, given);
      onWindow(final, coldRight, adapting.add(prediction));
      await step();
    }
    state = new Uint8Array(going.modelState());
  }
  return {
    ...{ classifier: classifier.name, report: adapting.report(), cold: cold.report(), marks },
    ...{ fused: fused.report(), coldFused: coldFused.report() },
    ...{ digest: digest.finish(state), modelVersion: null },
    microsecondsPerWindow: windows.length === 0 ? 0 : (1000 * milliseconds) / windows.length,
  };
}

/** There is nobody to leave out, or nobody left to learn from. */
export class TooFewUsersError extends Error {
  readonly code = 'too_few_users';
  constructor(readonly users: number) {
    super(`leave-one-user-out needs the windows of two users or more, there are ${users}`);
  }
}

/** @returns the prediction with the true label, and whether the learner got to see that with the window. */
function answer(
  learner: OfflineLearner,
  schedule: LabelSchedule,
  final: FinalWindow,
): { readonly scored: Prediction; readonly given: boolean } {
  let answered: Uint8Array | null = null;
  for (const { bytes, first } of schedule.next(final)) {
    const bytesOfAnswer = learner.take(bytes);
    if (first) answered = bytesOfAnswer;
  }
  if (answered === null) throw new Error('a window was not given to the learner');
  const prediction = readPrediction(answered);
  return { scored: { ...prediction, label: final.window.label }, given: prediction.label !== null };
}
