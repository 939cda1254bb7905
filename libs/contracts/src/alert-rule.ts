/** Tells when a device has shown an activity for long enough, and when that is over. */
export interface ActivityRule {
  /** What its owner calls it. */
  readonly name: string | null;
  /** A known activity, or `unknown`. */
  readonly activity: string;
  /** How long it must last, seconds of event time. */
  readonly forSeconds: number;
  /** Whose devices; null = anybody's. */
  readonly users: readonly string[] | null;
  /** Names of devices; null = any. */
  readonly devices: readonly string[] | null;
  /** A prediction of less confidence is an interruption; 0 to 1. */
  readonly minConfidence: number;
  /** Interruptions up to this long do not count, seconds of event time. */
  readonly toleranceSeconds: number;
  /** Where its alerts are sent besides; null = nowhere. */
  readonly webhook: string | null;
}

/** A record of the topic `rules`. The offset of a rule's record is the rule's number. */
export type AlertRuleRecord =
  | {
      readonly kind: 'rule';
      readonly rule: ActivityRule;
      /** Id of the token that it was made with; null where no tokens are used. */
      readonly by: string | null;
      /** The idempotency key that it came with. */
      readonly key: string | null;
    }
  /** Takes a rule away. */
  | { readonly kind: 'removed'; readonly rule: number };
