import type { OutputMode } from '@hark/contracts';
import { QuerySpecError } from '../query-spec-error.js';

/** What of a query decides the output modes that it may have. */
export interface ModeTraits {
  readonly aggregates: boolean;
  /** Aggregates by a window on the column that the watermark runs on. */
  readonly closes: boolean;
  readonly sessions: boolean;
  readonly joinsStreams: boolean;
  readonly sorts: boolean;
}

/** A combination that is refused: when, the rule's name, and why. */
interface Refusal {
  readonly mode: OutputMode | 'any but complete';
  readonly when: (traits: ModeTraits) => boolean;
  readonly field: string;
  readonly rule: string;
  readonly reason: string;
}

/** The table of Structured Streaming's guide, "Output modes". */
const REFUSALS: readonly Refusal[] = [
  {
    mode: 'append',
    when: ({ aggregates, closes }) => aggregates && !closes,
    field: 'outputMode',
    rule: 'append_needs_watermark',
    reason:
      'append gives each result once, when it is final, and an aggregate is final only once the watermark has passed ' +
      'its window: add withWatermark and groupBy.window, or take update or complete',
  },
  {
    mode: 'complete',
    when: ({ aggregates }) => !aggregates,
    field: 'outputMode',
    rule: 'complete_needs_aggregation',
    reason:
      'complete gives the whole result each time, and without aggregation that would be every row ever read',
  },
  {
    mode: 'update',
    when: ({ sessions }) => sessions,
    field: 'outputMode',
    rule: 'session_not_in_update',
    reason:
      'sessions that become one take results back that update has given already: take append or complete',
  },
  {
    mode: 'update',
    when: ({ joinsStreams }) => joinsStreams,
    field: 'outputMode',
    rule: 'stream_join_needs_append',
    reason: 'what two streams have in common is given once, when it is found: take append',
  },
  {
    mode: 'complete',
    when: ({ joinsStreams }) => joinsStreams,
    field: 'outputMode',
    rule: 'stream_join_needs_append',
    reason: 'what two streams have in common is given once, when it is found: take append',
  },
  {
    mode: 'any but complete',
    when: ({ sorts }) => sorts,
    field: 'orderBy',
    rule: 'order_needs_complete',
    reason:
      'a stream has no last row to sort before: orderBy and limit are for the whole result, in complete',
  },
];

/** @throws QuerySpecError with the first rule that a query breaks. */
export function checkMode(mode: OutputMode, traits: ModeTraits): void {
  for (const refusal of REFUSALS) {
    const applies = refusal.mode === mode || (refusal.mode === 'any but complete' && mode !== 'complete');
    if (applies && refusal.when(traits)) {
      throw new QuerySpecError(refusal.field, refusal.rule, refusal.reason);
    }
  }
}
