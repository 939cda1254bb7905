/** A drift episode's three stages; one alert for each. */
export type DriftStage = 'warning' | 'drift' | 'recovered';

/** What a drift alert says; the `data` of its CloudEvents envelope. */
export interface DriftData {
  /** The same for the alerts of one episode. */
  readonly episode: string;
  readonly stage: DriftStage;
  readonly detector: string;
  /** What was watched, e.g. `error`. */
  readonly signal: string;
  readonly statistic: number;
  readonly threshold: number;
  /** Mean of the signal before and after the change. */
  readonly before: number;
  readonly after: number;
  readonly scope: {
    readonly users: readonly string[];
    readonly devices: readonly string[];
    readonly classes: readonly string[];
    /** Features whose mean changed; absent in alerts of versions that did not watch them. */
    readonly features?: readonly string[];
  };
  readonly modelVersion: number;
  readonly lastGoodVersion: number | null;
  /** The call that rolls back to the last good version. */
  readonly rollback: { readonly method: 'POST'; readonly path: string } | null;
}

/** CloudEvents 1.0 in JSON. `time` is the event time of the window at which it was noticed. */
export interface Alert<Data = DriftData> {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Data;
}
