import type { StateReader, StateWriter } from '@hark/streaming';
import type { Alarm, Finding } from './alarm.js';
import { BlockChart, type BlockSignal } from './block-chart.js';
import { NameTable } from './name-table.js';
import { EVERYONE, namesOf, userOf, type Place } from './place.js';
import { Tally } from './tally.js';
import { UsualAnswers } from './usual-answers.js';

/** So many deviations from a device's usual are nothing out of the ordinary. */
const ORDINARY = 2;
/** More features than this would make each device's state large. */
const MOST_FEATURES = 16;

/** A device with fewer blocks is new: that it is another than before shows in its user's chart only. */
const NEW_BLOCKS = 4;

/** A feature that is watched: its name and where it stands in the feature vector. */
export interface WatchedFeature {
  readonly name: string;
  readonly index: number;
}

/**
 * What can be watched without labels: the confidence of the answers, for a fall, and the means of chosen features, of
 * each device, each user and of all together. All of it as deviations from what is usual for the class answered; of all together,
 * from what is usual for each device besides, so that other devices than before are no change.
 */
export class WatchedAnswers {
  private readonly features: readonly WatchedFeature[];
  /** 1 when confidence is watched: it is channel 0 then, and features follow. */
  private readonly firstFeature: number;
  private readonly values: Float64Array;
  private readonly deviations: Float64Array;
  private readonly usual: UsualAnswers;
  /** Of deviations from what is usual for each device: they go back to 0 when a device's usual has changed. */
  private readonly overall: BlockChart;
  private readonly devices: NameTable<BlockChart>;
  /** Of each user, for one who goes over to another device, of which nothing is usual yet. */
  private readonly users: NameTable<BlockChart>;
  /** How far each device is out of the ordinary in the overall chart's block. */
  private readonly shares = new Tally();

  /** @throws RangeError when there are more than 16 features. */
  constructor({ confidence, features }: { confidence: boolean; features: readonly WatchedFeature[] }) {
    if (features.length > MOST_FEATURES)
      throw new RangeError(`${features.length} features, at most ${MOST_FEATURES}`);
    this.features = features;
    this.firstFeature = confidence ? 1 : 0;
    const channels = this.firstFeature + features.length;
    const falling = confidence ? 0 : -1;
    this.values = new Float64Array(channels);
    this.deviations = new Float64Array(channels);
    this.usual = new UsualAnswers(channels);
    this.overall = new BlockChart(channels, falling, false);
    this.devices = new NameTable(() => new BlockChart(channels, falling));
    this.users = new NameTable(() => new BlockChart(channels, falling));
  }

  get watching(): boolean {
    return this.values.length > 0;
  }

  /** @returns alarms, the narrowest first; most often none. */
  add(window: number, device: Place, klass: string, confidence: number, features: Float64Array): Alarm[] {
    const { values, deviations, firstFeature } = this;
    if (firstFeature === 1) values[0] = confidence;
    for (let i = 0; i < this.features.length; i++)
      values[firstFeature + i] = features[this.features[i].index];
    if (!values.every(Number.isFinite) || !this.usual.deviations(klass, values, deviations)) return [];
    const chart = this.devices.meet(device);
    const alarms: Alarm[] = [];
    const ofDevice = chart.add(window, deviations);
    if (ofDevice !== null) alarms.push(this.alarm(ofDevice, device, []));
    const ofUser = this.users.meet(userOf(device)).add(window, deviations);
    if (ofUser !== null && chart.seen < NEW_BLOCKS) alarms.push(this.alarm(ofUser, device, []));
    if (!chart.known) return alarms;
    if (this.overall.fresh) this.shares.clear();
    let farthest = 0;
    for (let c = 0; c < deviations.length; c++) {
      deviations[c] -= chart.usual(c);
      farthest = Math.max(farthest, Math.abs(deviations[c]));
    }
    this.shares.add(device, Math.max(0, farthest - ORDINARY));
    const ofAll = this.overall.add(window, deviations);
    if (ofAll !== null)
      alarms.push(
        this.alarm(
          ofAll,
          EVERYONE,
          this.shares.excess(() => 0),
        ),
      );
    return alarms;
  }

  /** What is watched, as text to compare. */
  get signals(): string {
    return JSON.stringify([this.firstFeature === 1, this.features.map(({ name }) => name)]);
  }

  write(state: StateWriter): void {
    this.usual.write(state);
    this.overall.write(state);
    this.devices.write(state, (chart) => chart.write(state));
    this.users.write(state, (chart) => chart.write(state));
    this.shares.write(state);
  }

  /** What watched the same signals wrote. @throws StateFormatError */
  read(state: StateReader): void {
    this.usual.read(state);
    this.overall.read(state);
    this.devices.read(state, (chart) => chart.read(state));
    this.users.read(state, (chart) => chart.read(state));
    this.shares.read(state);
  }

  private alarm(found: BlockSignal, place: Place, parts: Alarm['parts']): Alarm {
    const { channel, severity, statistic, threshold, since, began } = found;
    const before = this.usual.inUnits(channel, found.before);
    const after = this.usual.inUnits(channel, found.after);
    const features: string[] = [];
    for (const c of found.changed)
      if (c >= this.firstFeature) features.push(this.features[c - this.firstFeature].name);
    features.sort();
    const at = (asked: Place): Finding => ({
      before,
      after,
      scope: { ...namesOf(asked), classes: [], features },
    });
    return {
      signal: channel < this.firstFeature ? 'confidence' : 'features',
      severity,
      place,
      detector: 'self-starting CUSUM',
      evidence: { statistic, threshold, before, after, since },
      began,
      parts,
      at,
    };
  }
}
