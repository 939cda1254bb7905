import type { ClassifierFactory } from '@hark/models';
import type { Recording } from '../recording/recording.js';
import type { EvaluationResult } from './evaluation-result.js';
import type { LabelOptions } from './label-schedule.js';
import { leaveOneUserOut } from './leave-one-user-out.js';
import { PairedTest } from './paired-test.js';
import { PrequentialRun } from './prequential-run.js';
import { eachWindow, type FinalWindow } from './window-source.js';

export interface EvaluationOptions {
  /** Each is asked the same windows; the others are compared with the first. */
  readonly classifiers: readonly ClassifierFactory[];
  readonly labels: LabelOptions;
}

/** Told of how far the work has come; both may throw to end it. */
export interface EvaluationHooks {
  /** After each final window was cut. @param windows how many so far. */
  readonly onWindow: (windows: number) => void;
  /** While windows in memory are gone through. @param share of the work, 0 to 1. */
  readonly onProgress: (share: number, text: string) => void;
  /** Every final prediction of the first classifier, as the service stores it. */
  readonly onPrediction?: (bytes: Uint8Array) => void;
}

/**
 * Predict, then learn, while the recording is read.
 * @returns a result for each classifier, in their order.
 */
export async function evaluatePrequentially(
  recording: Pick<Recording, 'batches'>,
  { classifiers, labels }: EvaluationOptions,
  hooks: EvaluationHooks,
): Promise<EvaluationResult[]> {
  const runs = classifiers.map(
    (classifier, i) => new PrequentialRun(classifier, labels, i === 0 ? hooks.onPrediction : undefined),
  );
  const tests = classifiers.map(() => new PairedTest());
  let windows = 0;
  await eachWindow(recording, {}, (window) => {
    const right = runs.map((run) => run.take(window));
    tests.forEach((test, i) => test.add(window, right[0], right[i]));
    hooks.onWindow(++windows);
  });
  return runs.map((run, i) => ({
    ...run.finish(),
    against: i === 0 ? null : tests[i].report(),
    coldAgainst: null,
  }));
}

/**
 * Reads the recording's windows into memory, then leaves out each user in turn.
 * @returns a result for each classifier, in their order.
 * @throws TooFewUsersError
 */
export async function evaluateLeavingUsersOut(
  recording: Pick<Recording, 'batches'>,
  { classifiers, labels }: EvaluationOptions,
  hooks: EvaluationHooks,
): Promise<EvaluationResult[]> {
  const windows: FinalWindow[] = [];
  await eachWindow(recording, {}, (window) => {
    windows.push(window);
    hooks.onWindow(windows.length);
  });
  /** Of the first classifier, in the order of the windows. */
  const first: { readonly cold: boolean | null; readonly adapting: boolean | null }[] = [];
  const results: EvaluationResult[] = [];
  for (const [i, classifier] of classifiers.entries()) {
    const [coldTest, test] = [new PairedTest(), new PairedTest()];
    let next = 0;
    const result = await leaveOneUserOut(windows, classifier, labels, {
      onWindow: (window, cold, adapting) => {
        if (i === 0) first.push({ cold, adapting });
        const reference = first[next++];
        coldTest.add(window, reference.cold, cold);
        test.add(window, reference.adapting, adapting);
      },
      onProgress: (share, user, users) =>
        hooks.onProgress((i + share) / classifiers.length, `${classifier.name}, user ${user} of ${users}`),
    });
    const against = i === 0 ? null : test.report();
    results.push({ ...result, against, coldAgainst: i === 0 ? null : coldTest.report() });
  }
  return results;
}
