import type { DriftStage } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { DRIFT_SIGNALS, type Alarm, type DriftScope, type DriftSignalName, type Finding } from './alarm.js';
import { contains, deviceOf, userOf, type Place } from './place.js';

/** Windows of the place over which the error must have come back, all after the alarm. */
const RECOVERY_SPAN = 100;
/** Windows a device without another alarm after which a change seen without labels is the new normal. */
const STEADY_SPAN = 256;
/** How much above its level before an error still counts as recovered: at least this, or a quarter of the rise. */
const TOLERANCE = 0.02;
/** An alarm this many windows a device after the last stage of an episode is a drift of its own. */
const SETTLED_AFTER = 1000;

/** A change that a device shows within so many of its windows after a wider one's alarm is part of that. */
const SOON = 20;
/** Devices counted by themselves. */
const MOST_DEVICES = 4096;

const STAGES = ['warning', 'drift'] as const;

/** A stage of an episode, reached with the window just added. */
export interface DriftReport {
  readonly episode: number;
  readonly stage: DriftStage;
  readonly signal: DriftSignalName;
  readonly detector: string;
  readonly statistic: number;
  readonly threshold: number;
  readonly before: number;
  readonly after: number;
  readonly scope: DriftScope;
}

/** The course of one drift at one place, from its first alarm to the recovery. */
export class Episode {
  private stageHeld: (typeof STAGES)[number] = 'warning';
  private signal: DriftSignalName = 'error';
  private detector = '';
  private statistic = 0;
  private threshold = 0;
  private before = 0;
  private after = 0;
  private scope: DriftScope = { users: [], devices: [], classes: [], features: [] };
  private beganHeld = 0;
  private alarmedHeld = 0;
  /** Windows of the place since the last alarm, and since the last stage. */
  private sinceAlarm = 0;
  private sinceStage = 0;
  /** The same by device, for as many as are kept: which of them could have shown the change yet. */
  private readonly windowsOf = new Map<Place, number>();
  /** Errors of the last windows of the place since the last stage; the oldest is overwritten. */
  private readonly recent = new Uint8Array(RECOVERY_SPAN);

  constructor(
    readonly number: number,
    public place: Place,
  ) {}

  get stage(): (typeof STAGES)[number] {
    return this.stageHeld;
  }

  /** Number of the window with which the change seems to have begun. */
  get began(): number {
    return this.beganHeld;
  }

  /** Number of the window of the last alarm. */
  get alarmed(): number {
    return this.alarmedHeld;
  }

  /** Whether another alarm would be of a change of its own: this one has lasted, and is the state of things. */
  get settled(): boolean {
    return this.sinceStage > SETTLED_AFTER * Math.max(1, this.windowsOf.size);
  }

  /** Whether its end is told by the error of labelled windows. */
  private get showsInErrors(): boolean {
    return this.signal === 'error' || this.signal === 'orientation';
  }

  /** Whether a place within the episode's is among those told of as changed. */
  names(place: Place): boolean {
    const device = deviceOf(place);
    return device !== null && this.scope.devices.includes(device) && this.scope.users.includes(userOf(place));
  }

  /** Whether a change at a user or device within the place began too soon after this one to be another. */
  covers({ place, began, evidence }: Alarm): boolean {
    if (began <= this.alarmedHeld) return true;
    let windows = 0;
    for (const [device, count] of this.windowsOf) if (contains(place, device)) windows += count;
    return windows - evidence.since < SOON;
  }

  /** The first alarm. @returns what is to be told: a drift that comes at once tells its warning with it. */
  open(alarm: Alarm, finding: Finding, window: number): readonly DriftReport[] {
    this.beganHeld = alarm.began;
    this.before = finding.before;
    this.reach('warning', alarm, finding, window);
    const warning = this.report('warning');
    if (alarm.severity === 'warning') return [warning];
    this.stageHeld = 'drift';
    return [warning, this.report('drift')];
  }

  /**
   * A further alarm of the same cause.
   *
   * @param finding null when the alarm saw a part of the place only.
   * @returns the drift, when the alarm makes it one.
   */
  join(alarm: Alarm, finding: Finding | null, window: number): readonly DriftReport[] {
    this.alarmedHeld = window;
    this.sinceAlarm = 0;
    if (this.stageHeld === 'drift' || alarm.severity === 'warning') {
      if (finding !== null) this.scope = withKinds(this.scope, finding.scope);
      return [];
    }
    const after = finding === null ? this.after : finding.after;
    const scope = finding === null ? this.scope : finding.scope;
    // What was before the warning was before the drift too: the second detector may have seen less of it.
    if (finding !== null && alarm.signal !== this.signal) this.before = finding.before;
    this.reach('drift', alarm, { after, scope: withKinds(scope, this.scope) }, window);
    return [this.report('drift')];
  }

  /** A labelled window of the place. @returns the recovery, when this completes it. */
  passLabelled(device: Place, error: boolean): readonly DriftReport[] {
    this.count(device);
    this.recent[this.sinceStage % RECOVERY_SPAN] = error ? 1 : 0;
    this.sinceStage++;
    if (!this.showsInErrors || this.sinceStage < RECOVERY_SPAN) return [];
    const tolerance = Math.max(TOLERANCE, (this.after - this.before) / 4);
    let errors = 0;
    for (const one of this.recent) errors += one;
    const recentError = errors / RECOVERY_SPAN;
    if (recentError > this.before + tolerance) return [];
    this.after = recentError;
    return [this.report('recovered')];
  }

  /** A window of the place watched without its label. @returns the recovery, when this completes it. */
  passUnlabelled(device: Place): readonly DriftReport[] {
    if (this.showsInErrors) return [];
    this.count(device);
    this.sinceStage++;
    this.sinceAlarm++;
    return this.sinceAlarm < STEADY_SPAN * this.windowsOf.size ? [] : [this.report('recovered')];
  }

  write(state: StateWriter): void {
    state.u8(STAGES.indexOf(this.stageHeld)).u8(DRIFT_SIGNALS.indexOf(this.signal)).string(this.detector);
    state.f64(this.statistic).f64(this.threshold).f64(this.before).f64(this.after);
    const { users, devices, classes, features } = this.scope;
    for (const names of [users, devices, classes, features]) {
      state.u32(names.length);
      for (const name of names) state.string(name);
    }
    state.f64(this.beganHeld).f64(this.alarmedHeld).f64(this.sinceStage).f64(this.sinceAlarm);
    state.bytes(this.recent).u32(this.windowsOf.size);
    for (const [device, windows] of this.windowsOf) state.string(device).f64(windows);
  }

  read(state: StateReader): void {
    const stage = STAGES[state.u8()];
    const signal = DRIFT_SIGNALS[state.u8()];
    if (stage === undefined || signal === undefined) throw new StateFormatError('an episode of no stage');
    this.stageHeld = stage;
    this.signal = signal;
    this.detector = state.string();
    this.statistic = state.f64();
    this.threshold = state.f64();
    this.before = state.f64();
    this.after = state.f64();
    const names = () => {
      const list: string[] = [];
      for (let left = state.u32(); left > 0; left--) list.push(state.string());
      return list;
    };
    this.scope = { users: names(), devices: names(), classes: names(), features: names() };
    this.beganHeld = state.f64();
    this.alarmedHeld = state.f64();
    this.sinceStage = state.f64();
    this.sinceAlarm = state.f64();
    const recent = state.bytes();
    if (recent.length !== RECOVERY_SPAN) throw new StateFormatError(`${recent.length} recent errors`);
    this.recent.set(recent);
    const devices = state.u32();
    if (devices > MOST_DEVICES) throw new StateFormatError(`an episode of ${devices} devices`);
    for (let i = 0; i < devices; i++) this.windowsOf.set(state.string(), state.f64());
  }

  private reach(
    stage: 'warning' | 'drift',
    alarm: Alarm,
    finding: Pick<Finding, 'after' | 'scope'>,
    window: number,
  ): void {
    this.stageHeld = stage;
    this.signal = alarm.signal;
    this.detector = alarm.detector;
    this.statistic = alarm.evidence.statistic;
    this.threshold = alarm.evidence.threshold;
    this.after = finding.after;
    this.scope = finding.scope;
    this.alarmedHeld = window;
    this.sinceStage = 0;
    this.sinceAlarm = 0;
    this.windowsOf.clear();
  }

  private count(device: Place): void {
    const windows = this.windowsOf.get(device);
    if (windows !== undefined || this.windowsOf.size < MOST_DEVICES)
      this.windowsOf.set(device, (windows ?? 0) + 1);
  }

  /** A recovery tells the evidence of the alarm that it ends. */
  private report(stage: DriftStage): DriftReport {
    const { number: episode, signal, detector, statistic, threshold, before, after, scope } = this;
    return { episode, stage, signal, detector, statistic, threshold, before, after, scope };
  }
}

/** The users and devices of `scope`; the classes and features of both. */
function withKinds(scope: DriftScope, other: DriftScope): DriftScope {
  const union = (a: readonly string[], b: readonly string[]) => [...new Set([...a, ...b])].sort();
  return {
    ...scope,
    classes: union(scope.classes, other.classes),
    features: union(scope.features, other.features),
  };
}
