import type { LabelOptions } from './label-schedule.js';

/** Said instead of scores. */
export const NOTHING_SCORED = 'Nothing can be scored: no window has both a label and an answer.';

/** Which labels the learner gets, in words. */
export function labelsGiven({ every, delayMs }: LabelOptions): string {
  const which = every === 1 ? 'every label' : `every ${ordinal(every)} label`;
  return delayMs === 0 ? `${which}, at once` : `${which}, ${delayMs / 1000} s late`;
}

/** A difference of two shares in percentage points: +1.25 points. The minus is the one that programs read. */
export function pointsText(difference: number): string {
  return `${difference > 0 ? '+' : ''}${(100 * difference).toFixed(2)} points`;
}

/** A p-value to two digits, and no smaller than it can be trusted to be. */
export function pValueText(pValue: number): string {
  return pValue < 0.0001 ? '< 0.0001' : pValue.toPrecision(2);
}

function ordinal(n: number): string {
  const ending = n % 100 >= 11 && n % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${ending}`;
}
