import { compareEventTime, type ActivityVocabulary, type EventTime } from '@hark/contracts';
import type { PhoneReading } from './phone-reading.js';

/** What a user typed or pressed during a recording, and when. */
export interface Annotation extends EventTime {
  readonly text: string;
}

/** In order of their time; what has no text is an empty one. */
export function annotationsOf(readings: readonly PhoneReading[]): Annotation[] {
  return readings
    .map(({ ms, subNs, values }) => ({ ms, subNs, text: textOf(values['text']) }))
    .sort(compareEventTime);
}

/**
 * The activity that was going on at a time: that of the last annotation at or before it. Null before the first one,
 * and where the last names no known activity: a wrong label does more harm than a missing one, so any other remark
 * ends a labelled stretch.
 *
 * @param annotations in order of their time.
 */
export function activityAt(
  annotations: readonly Annotation[],
  time: EventTime,
  activities: Pick<ActivityVocabulary, 'has'>,
): string | null {
  let low = 0;
  let high = annotations.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareEventTime(annotations[middle], time) <= 0) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : activityNamed(annotations[low - 1].text, activities);
}

/** `Walk` and `stairs up` are `walk` and `stairsup`; null when a text names no known activity. */
export function activityNamed(text: string, activities: Pick<ActivityVocabulary, 'has'>): string | null {
  const name = text.trim().toLowerCase();
  if (name === '' || name === 'null') return null;
  const spellings = [name, name.replaceAll(/[\s_-]+/g, ''), name.replaceAll(/\s+/g, '_')];
  return spellings.find((each) => activities.has(each)) ?? null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 64) : '';
}
