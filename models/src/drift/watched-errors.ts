import { StateFormatError, StateReader, StateWriter } from '@hark/streaming';
import type { Alarm, Finding } from './alarm.js';
import { NO_EVIDENCE, type DriftDetector, type DriftSignal } from './drift-detector.js';
import { NameTable } from './name-table.js';
import { contains, deviceOf, EVERYONE, namesOf, userOf, type Place } from './place.js';
import { QuietErrors } from './quiet-errors.js';
import { RecentWindows, type ScoredWindow } from './recent-windows.js';
import { Tally } from './tally.js';
import { WatchedName } from './watched-name.js';

/** Fewer windows since the change than this say nothing about a name, or about all of them. */
const LEAST_OF_A_NAME = 5;
const LEAST_OF_ALL = 20;
/** A class's older windows are halved beyond so many: its past is its nearer past. Fewer than 20 are no past. */
const MOST_OF_A_CLASS = 2000;
const LEAST_OF_A_PAST = 20;

/** A device is where drift is seen first; its user and all together are asked for more. */
const DEVICE_LEVELS = { warningLevel: 7.5, driftLevel: 8.5 };
/** A fresh model's error falls, and jumps where a class comes up first: so many labelled windows raise no alarm. */
const WARM_UP = 200;

const OVERALL_FORMAT = 'hark.drift-detector';
const OVERALL_VERSION = 1;

const SIGNALS = ['none', 'warning', 'drift'] as const;

/**
 * The error of labelled windows: of each device and each user by a CUSUM of its own, of all together by the detector
 * chosen.
 */
export class WatchedErrors {
  private readonly recent = new RecentWindows();
  private readonly quietDevices = new QuietErrors();
  private readonly quietUsers = new QuietErrors();
  private readonly devices = new NameTable(
    () => new WatchedName({ quiet: this.quietDevices, ...DEVICE_LEVELS }),
  );
  private readonly users = new NameTable(() => new WatchedName({ quiet: this.quietUsers }));
  /** By class: the windows that are no longer recent. */
  private readonly classes = new NameTable(() => ({ errors: 0, windows: 0 }), 256);
  private lastSignal: DriftSignal = 'none';
  private labelled = 0;

  /** @param overall takes bits. */
  constructor(private readonly overall: DriftDetector) {}

  /** Mean error of the last `count` windows, at most 256. */
  recentError(count: number): number {
    return this.recent.meanError(count);
  }

  /** @returns alarms, the narrowest first; most often none. */
  add(window: number, scored: ScoredWindow): Alarm[] {
    const { device, klass, error } = scored;
    const left = this.recent.add(scored);
    if (left !== null) this.age(left);
    const user = userOf(device);
    const ofDevice = this.devices.meet(device);
    const ofUser = this.users.meet(user);
    const alarms: Alarm[] = [];
    const deviceSignal = ofDevice.add(window, error, klass);
    if (deviceSignal !== 'none') alarms.push(this.deviceAlarm(deviceSignal, device, ofDevice));
    const userSignal = ofUser.add(window, error, device);
    if (userSignal !== 'none') alarms.push(this.userAlarm(userSignal, user, ofUser, window));
    const signal = this.overall.update(error);
    if (signal === 'drift' || (signal === 'warning' && this.lastSignal === 'none')) {
      alarms.push(this.overallAlarm(signal, window));
    }
    this.lastSignal = signal;
    return ++this.labelled <= WARM_UP ? [] : alarms;
  }

  write(state: StateWriter): void {
    const overall = new StateWriter(OVERALL_FORMAT, OVERALL_VERSION);
    this.overall.write(overall);
    state.string(this.overall.name).bytes(overall.finish());
    state.u8(SIGNALS.indexOf(this.lastSignal)).f64(this.labelled);
    this.recent.write(state);
    this.quietDevices.write(state);
    this.quietUsers.write(state);
    this.devices.write(state, (name) => name.write(state));
    this.users.write(state, (name) => name.write(state));
    this.classes.write(state, ({ errors, windows }) => state.f64(errors).f64(windows));
  }

  /** Where another detector watched all windows together, this one begins anew. @throws StateFormatError */
  read(state: StateReader): void {
    const detector = state.string();
    const overall = state.bytes();
    if (detector === this.overall.name) {
      this.overall.read(new StateReader(overall, OVERALL_FORMAT, OVERALL_VERSION));
    }
    const signal = SIGNALS[state.u8()];
    if (signal === undefined) throw new StateFormatError('errors of no signal');
    this.lastSignal = signal;
    this.labelled = state.f64();
    this.recent.read(state);
    this.quietDevices.read(state);
    this.quietUsers.read(state);
    this.devices.read(state, (name) => name.read(state));
    this.users.read(state, (name) => name.read(state));
    this.classes.read(state, (counts) => {
      counts.errors = state.f64();
      counts.windows = state.f64();
    });
  }

  private deviceAlarm(severity: 'warning' | 'drift', place: Place, name: WatchedName): Alarm {
    const { before, after } = name.evidence;
    const classes = name.suspects.risen(() => before, (after - before) / 2, LEAST_OF_A_NAME);
    const finding = { before, after, scope: { ...namesOf(place), classes, features: [] } };
    return { ...name.alarm, severity, place, parts: [], at: () => finding };
  }

  private userAlarm(severity: 'warning' | 'drift', user: Place, name: WatchedName, window: number): Alarm {
    const { suspects, began, evidence } = name;
    const usual = (device: Place) => usualRate(this.devices, device, began, evidence.before);
    const at = (place: Place): Finding => {
      const before = place === user ? evidence.before : usual(place);
      const after = place === user ? evidence.after : suspects.rateOf(place);
      const rise = (after - before) / 2;
      const risen = suspects.risen(usual, rise, LEAST_OF_A_NAME).map((device) => deviceOf(device) ?? '');
      const { users, devices } = namesOf(place);
      const classes = this.risenClasses(place, 1 + window - began, before, rise);
      return {
        before,
        after,
        scope: { users, devices: place === user ? risen : devices, classes, features: [] },
      };
    };
    return { ...name.alarm, severity, place: user, parts: suspects.excess(usual), at };
  }

  private overallAlarm(severity: 'warning' | 'drift', window: number): Alarm {
    const { name: detector } = this.overall;
    const evidence = this.overall.evidence ?? NO_EVIDENCE;
    const began = 1 + window - evidence.since;
    const span = Math.max(LEAST_OF_ALL, evidence.since);
    const users = new Tally();
    const devices = new Tally();
    for (const { device, error } of this.recent.newestFirst(span)) {
      users.add(userOf(device), error);
      devices.add(device, error);
    }
    const usualOfUser = (user: Place) => usualRate(this.users, user, began, evidence.before);
    const usual = (device: Place) => usualRate(this.devices, device, began, evidence.before);
    const at = (place: Place): Finding => {
      const all = place === EVERYONE;
      const ofDevice = deviceOf(place) !== null;
      const before = all ? evidence.before : ofDevice ? usual(place) : usualOfUser(place);
      const after = all ? evidence.after : (ofDevice ? devices : users).rateOf(place);
      const rise = (after - before) / 2;
      const risen = devices.risen(usual, rise, LEAST_OF_A_NAME).filter((device) => contains(place, device));
      const scope = {
        users: all ? users.risen(usualOfUser, rise, LEAST_OF_A_NAME) : [userOf(place)],
        devices: risen.map((device) => deviceOf(device) ?? ''),
        classes: this.risenClasses(place, span, before, rise),
        features: [],
      };
      return { before, after, scope: ofDevice ? { ...scope, ...namesOf(place) } : scope };
    };
    return {
      signal: 'error',
      severity,
      place: EVERYONE,
      detector,
      evidence,
      began,
      parts: devices.excess(usual),
      at,
    };
  }

  /** Classes whose error over the last windows of a place is above their own before, or the place's if they have none. */
  private risenClasses(place: Place, span: number, before: number, rise: number): string[] {
    const classes = new Tally();
    for (const { device, klass, error } of this.recent.newestFirst(span)) {
      if (contains(place, device)) classes.add(klass, error);
    }
    const usual = (klass: string) => {
      const past = this.classes.peek(klass);
      return past === undefined || past.windows < LEAST_OF_A_PAST ? before : past.errors / past.windows;
    };
    return classes.risen(usual, rise, LEAST_OF_A_NAME);
  }

  private age({ klass, error }: ScoredWindow): void {
    const past = this.classes.meet(klass);
    past.errors += error;
    past.windows++;
    if (past.windows >= MOST_OF_A_CLASS) {
      past.errors /= 2;
      past.windows /= 2;
    }
  }
}

/** The error rate of a user or device before a change that began with a window; `otherwise` when they are unknown. */
function usualRate(names: NameTable<WatchedName>, name: string, began: number, otherwise: number): number {
  return names.peek(name)?.usualRate(began) ?? otherwise;
}
