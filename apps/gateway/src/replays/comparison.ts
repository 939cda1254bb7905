import type { Comparison, Prediction } from '@hark/contracts';
import { ReplayResult } from '@hark/models';
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.js';
import { parsePrediction, type MakeReplayModel } from './replay-model.js';
import type { ReplayPiece } from './replay-pieces.js';

/** Differences listed; all are counted. */
const DIFFERENCES_LISTED = 100;

/** Plays the same pieces to several models at once, as fast as turns allow. */
export async function compare(
  contestants: readonly {
    readonly version: number;
    readonly model: MakeReplayModel;
  }[],
  pieces: AsyncIterable<ReplayPiece>,
  tick: Uint8Array,
  clock: Clock,
): Promise<Omit<Comparison, 'session'>> {
  const side = async ({ version, model }: (typeof contestants)[number]) => {
    const result = new ReplayResult(createHash('sha256'));
    const waiting: Prediction[] = [];
    const own = await model((json) => {
      const prediction = parsePrediction(json);
      if (!prediction.final) return;
      result.add(prediction);
      waiting.push(prediction);
    });
    return { version, result, waiting, model: own };
  };
  const sides = await Promise.all(contestants.map(side));
  let different = 0;
  const differences: Comparison['differences'][number][] = [];
  // The windows are the same on every side and come in the same order.
  const settle = (): void => {
    for (let i = 0; i < sides[0].waiting.length; i++) {
      const activities = sides.map(({ waiting }) => waiting[i].activity);
      if (activities.every((activity) => activity === activities[0])) continue;
      different++;
      const { id, label } = sides[0].waiting[i];
      if (differences.length < DIFFERENCES_LISTED) differences.push({ id, label, activities });
    }
    for (const { waiting } of sides) waiting.length = 0;
  };
  let fed = 0;
  for await (const { value } of pieces) {
    for (const { model } of sides) model.push(value);
    settle();
    if (++fed % 8 === 0) await clock.turn();
  }
  for (const { model } of sides) model.push(tick);
  settle();
  const results = sides.map(({ version, result }) => {
    const { predictions, labelled, unanswered, accuracy, digest } = result;
    return { model: version, predictions, labelled, unanswered, accuracy, digest };
  });
  return { results, different, differences };
}
