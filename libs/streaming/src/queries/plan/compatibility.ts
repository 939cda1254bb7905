import type { QueryPlan } from './query-plan.js';

export type Compatibility =
  | { readonly compatible: true }
  | { readonly compatible: false; readonly reason: string; readonly whatToDo: string };

const REASONS: Readonly<Record<string, string>> = {
  from: 'it reads from another source, of which nothing has been read yet',
  withWatermark: 'its watermark runs on another column, by which nothing has been kept',
  dropDuplicates: 'other columns tell duplicates, and those of the rows so far were not kept',
  join: 'the rows that wait for their partners were kept by other keys or with other columns',
  select: 'what is aggregated is computed in another way',
  groupBy: 'its groups are others, and the rows that would have to be grouped anew are gone',
  aggregate: 'its aggregates are others, and the rows that would have to be aggregated anew are gone',
  outputMode: 'complete keeps every group, the other modes let closed windows go',
};

/** Whether a query may go on as another one with the state that it has. */
export function planCompatibility(old: QueryPlan, next: QueryPlan): Compatibility {
  if (!old.stateful && !next.stateful) {
    return old.stateShape.from === next.stateShape.from
      ? { compatible: true }
      : refused('from', REASONS.from);
  }
  for (const [part, reason] of Object.entries(REASONS)) {
    if (old.stateShape[part] !== next.stateShape[part]) return refused(part, reason);
  }
  return { compatible: true };
}

function refused(part: string, reason: string): Compatibility {
  return {
    compatible: false,
    reason: `${part}: ${reason}`,
    whatToDo:
      'give the query another name, so that it begins without state, or drop this one and create it anew; ' +
      'either can read the log from its beginning',
  };
}
