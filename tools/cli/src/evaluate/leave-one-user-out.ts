import { Evaluation, type EvaluationReport } from '@hark/models';
import type { LabelOptions } from './label-schedule.js';
import { LabelSchedule } from './label-schedule.js';
import { OfflineLearner, readPrediction } from './offline-learner.js';
import { PredictionDigest } from './prediction-digest.js';
import type { FinalWindow } from './window-source.js';

/** How well users are recognised of whom the model has learned nothing. */
export interface LeaveOneUserOutReport {
  /** The model learned from all others answers, and never learns. */
  readonly cold: EvaluationReport;
  /** The same model, learning each window of the new user after it has answered. */
  readonly adapting: EvaluationReport;
  /** Over the answers of the adapting models, user after user. */
  readonly digest: string;
}

/**
 * For each user: learns the windows of all others in their order, then answers the user's own, twice: frozen, and
 * going on learning.
 *
 * @param onUser told before each user, 1 to `users`.
 * @throws TooFewUsersError when there are fewer than two.
 */
export function leaveOneUserOut(
  windows: readonly FinalWindow[],
  classifier: string,
  labels: LabelOptions,
  onUser: (user: number, users: number) => void = () => {},
): LeaveOneUserOutReport {
  const users = [...new Set(windows.map(({ window }) => window.user))];
  if (users.length < 2) throw new TooFewUsersError(users.length);
  const cold = new Evaluation();
  const adapting = new Evaluation();
  const digest = new PredictionDigest();
  let state = new Uint8Array(0);
  users.forEach((user, i) => {
    onUser(i + 1, users.length);
    const others = new OfflineLearner({ classifier, versions: false });
    answerAll(
      others,
      windows.filter(({ window }) => window.user !== user),
      labels,
      () => {},
    );
    const startFrom = { version: 1, state: others.modelState() };
    const own = windows.filter(({ window }) => window.user === user);
    const frozen = new OfflineLearner({ classifier, startFrom, learning: false, versions: false });
    answerAll(frozen, own, labels, (prediction) => cold.add(prediction));
    const going = new OfflineLearner({ classifier, startFrom, versions: false });
    answerAll(going, own, labels, (prediction) => {
      adapting.add(prediction);
      digest.add(prediction);
    });
    state = new Uint8Array(going.modelState());
  });
  return { cold: cold.report(), adapting: adapting.report(), digest: digest.finish(state) };
}

/** There is nobody to leave out, or nobody left to learn from. */
export class TooFewUsersError extends Error {
  readonly code = 'too_few_users';
  constructor(readonly users: number) {
    super(`leave-one-user-out needs the windows of two users or more, there are ${users}`);
  }
}

function answerAll(
  learner: OfflineLearner,
  windows: readonly FinalWindow[],
  labels: LabelOptions,
  onPrediction: (prediction: ReturnType<typeof readPrediction>) => void,
): void {
  const schedule = new LabelSchedule(labels);
  for (const final of windows) {
    for (const { bytes, first } of schedule.next(final)) {
      const answer = learner.take(bytes);
      if (first) onPrediction({ ...readPrediction(answer), label: final.window.label });
    }
  }
}
