import type { ReportSpec } from './report-spec.js';

/** A record of the topic `report-commands`: what an operator asks of the reports. `key` is an idempotency key. */
export type ReportCommand =
  | {
      readonly kind: 'create';
      readonly name: string;
      readonly spec: ReportSpec;
      /** A report of this name gives way to this one, which takes over its state. */
      readonly replace: boolean;
      /** Where it begins to read; one that replaces another goes on where that one stood. */
      readonly startingOffsets: 'earliest' | 'latest';
      readonly key?: string;
    }
  | { readonly kind: 'stop' | 'restart' | 'drop'; readonly name: string; readonly key?: string };
