import type { ReplayView } from '@hark/contracts';
import { grouped, percent, renderTable } from '../terminal/table.js';

/** What the terminal shows of a replay, of a session by the gateway or of a file here. */
export type ReplayResultView = Pick<
  ReplayView,
  | 'model'
  | 'status'
  | 'position'
  | 'effectiveSpeed'
  | 'predictions'
  | 'labelled'
  | 'unanswered'
  | 'accuracy'
  | 'digest'
  | 'error'
>;

/** The result of a replay as people read it. */
export function replayText(view: ReplayResultView): string {
  const { model, predictions, labelled, unanswered, accuracy, effectiveSpeed, digest } = view;
  const scored = grouped(labelled - unanswered);
  return renderTable(
    ['', ''],
    [
      ['predictions', grouped(predictions)],
      ['accuracy', accuracy === null ? null : `${percent(accuracy)} of ${scored} labelled`],
      ['model', `v${model}`],
      ['speed', effectiveSpeed === null ? null : `${effectiveSpeed.toFixed(1)} times real time`],
      ['digest', digest],
    ],
  ).trimStart();
}
