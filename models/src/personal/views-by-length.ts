import { MAX_ACTIVITIES } from '@hark/contracts';

/** One array for each number of classes, all of the same memory: so that answering allocates nothing. */
export function viewsByLength(): readonly Float64Array[] {
  const values = new Float64Array(MAX_ACTIVITIES);
  return Array.from({ length: MAX_ACTIVITIES + 1 }, (_, count) => values.subarray(0, count));
}
