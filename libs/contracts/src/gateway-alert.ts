/** Why the episode of a rule ended: another activity, a gap in the data, the device fell silent, the rule went. */
export type ActivityEnd = 'left' | 'gap' | 'silent' | 'rule_removed';

/** The `data` of an alert of type `hark.activity`: a device has shown an activity for as long as a rule says. */
export interface ActivityData {
  /** The same for both alerts of one episode. */
  readonly episode: string;
  readonly stage: 'started' | 'ended';
  /** The rule, by number and name. */
  readonly rule: string;
  readonly name: string | null;
  readonly activity: string;
  readonly forSeconds: number;
  readonly user: string;
  readonly device: string;
  /** Event time at which the activity began, and its last so far. ISO 8601. */
  readonly since: string;
  readonly until: string;
  readonly lastedSeconds: number;
  /** Null as long as it lasts. */
  readonly reason: ActivityEnd | null;
}

/** The `data` of an alert of type `hark.device`: a device has sent nothing for long, or sends again. */
export interface DeviceData {
  readonly episode: string;
  readonly stage: 'silent' | 'heard';
  readonly user: string;
  readonly device: string;
  /** Wall clock at which rows of it came last before it fell silent, ISO 8601; null = before the gateway's start. */
  readonly lastHeardAt: string | null;
}

/** Apps of which the log tells how far behind they are. */
export const WATCHED_APPS = ['ingest', 'learner'] as const;
export type WatchedApp = (typeof WATCHED_APPS)[number];

/** The `data` of an alert of type `hark.service`: records have waited too long for an app, or do no longer. */
export interface ServiceData {
  readonly episode: string;
  readonly stage: 'behind' | 'caught_up';
  readonly app: WatchedApp;
  /** Records that wait, and for how long the oldest of them has. */
  readonly waitingRecords: number;
  readonly waitedSeconds: number;
}

/** The `data` of an alert of type `hark.report`: a report has failed or can't keep up, or does well again. */
export interface ReportData {
  readonly episode: string;
  /** `slow`: rows have come faster than it takes them, for a while. */
  readonly stage: 'failed' | 'slow' | 'recovered';
  readonly report: string;
  /** Why it has failed, or how slow it is; null = it does well. */
  readonly message: string | null;
}

/** The types of alert. */
export const ALERT_TYPES = [
  'hark.drift',
  'hark.challenger',
  'hark.labels_disagree',
  'hark.activity',
  'hark.device',
  'hark.service',
  'hark.report',
] as const;
export type AlertType = (typeof ALERT_TYPES)[number];
