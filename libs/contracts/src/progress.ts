/** How far one app's records have come, as seen from the log. */
export interface AppProgress {
  readonly app: 'ingest' | 'learner' | 'gateway';
  /** Records since the last message, a second. */
  readonly recordsPerSecond: number;
  /** Records that wait; null where it can't be told from here. */
  readonly lagRecords: number | null;
}

/** A message of the channel `progress`, at most one a second. */
export interface Progress {
  readonly kind: 'progress';
  /** Wall clock, ISO 8601. */
  readonly at: string;
  readonly apps: readonly AppProgress[];
  /** Records of each topic so far, and of late a second. */
  readonly topics: Readonly<Record<string, { readonly records: number; readonly perSecond: number }>>;
  /** Messages sent to subscribers, a second, and subscriptions now. */
  readonly live: { readonly messagesPerSecond: number; readonly subscriptions: number };
}
