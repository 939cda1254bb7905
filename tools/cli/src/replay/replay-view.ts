import { grouped, percent, renderTable } from '../terminal/table.js';

export type Speed = number | 'max';

/** What is said of a replay, as far as the terminal shows it; the gateway's replays say more. */
export interface ReplayView {
  readonly model: number;
  readonly status: 'playing' | 'paused' | 'ended' | 'failed';
  /** Event time reached, ISO 8601; null before the first row. */
  readonly position: string | null;
  readonly effectiveSpeed: number | null;
  readonly predictions: number;
  readonly labelled: number;
  /** Of the labelled, without an answer. */
  readonly unanswered: number;
  /** Of the labelled and answered; null of none. */
  readonly accuracy: number | null;
  readonly digest: string;
  readonly error: string | null;
}

/** The result of a replay as people read it. */
export function replayText(view: ReplayView): string {
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
