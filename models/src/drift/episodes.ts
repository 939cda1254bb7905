import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import type { Alarm } from './alarm.js';
import { Episode, type DriftReport } from './episode.js';
import { isExplainedBy, narrowestPlace } from './narrowest-place.js';
import { contains, type Place } from './place.js';

/** Episodes open at a time; beyond it the oldest is given up. */
const MOST_OPEN = 64;
/** Windows by which two estimates of when one change began may differ. */
const BEGAN_SLACK = 100;

/**
 * All episodes: says which alarms are of one cause. An alarm belongs to the episode of its own place, narrowed to where
 * two thirds of the change lie; to one of a wider place that names it already, or could not have shown it
 * before; to one of a narrower place that explains it, or whose change began together with it: that episode then is of the wider place.
 * Any other alarm is an episode of its own.
 */
export class Episodes {
  private count = 0;
  /** Oldest first. */
  private open: Episode[] = [];

  /** Episodes so far, the open ones included. */
  get number(): number {
    return this.count;
  }

  /** The gravest stage of the open episodes. */
  get stage(): 'none' | 'warning' | 'drift' {
    if (this.open.length === 0) return 'none';
    return this.open.some(({ stage }) => stage === 'drift') ? 'drift' : 'warning';
  }

  /** Whether no episode is open. */
  get calm(): boolean {
    return this.open.length === 0;
  }

  /** @returns the stages reached with this alarm, in order. */
  take(alarm: Alarm, window: number): readonly DriftReport[] {
    const place = narrowestPlace(alarm);
    const cause = this.causeOf(alarm, place);
    if (cause !== null && !(cause.episode.settled && alarm.severity === 'drift')) {
      cause.episode.place = cause.place;
      return cause.episode.join(
        alarm,
        contains(alarm.place, cause.place) ? alarm.at(cause.place) : null,
        window,
      );
    }
    if (cause !== null) this.close(cause.episode);
    if (this.open.length === MOST_OPEN) this.open.shift();
    const episode = new Episode(++this.count, place);
    this.open.push(episode);
    return episode.open(alarm, alarm.at(place), window);
  }

  passLabelled(device: Place, error: boolean): readonly DriftReport[] {
    return this.pass(device, (episode) => episode.passLabelled(device, error));
  }

  passUnlabelled(device: Place): readonly DriftReport[] {
    return this.pass(device, (episode) => episode.passUnlabelled(device));
  }

  write(state: StateWriter): void {
    state.f64(this.count).u32(this.open.length);
    for (const episode of this.open) {
      state.f64(episode.number).string(episode.place);
      episode.write(state);
    }
  }

  read(state: StateReader): void {
    this.count = state.f64();
    const open = state.u32();
    if (open > MOST_OPEN) throw new StateFormatError(`${open} open episodes`);
    this.open = [];
    for (let i = 0; i < open; i++) {
      const episode = new Episode(state.f64(), state.string());
      episode.read(state);
      this.open.push(episode);
    }
  }

  /** The open episode to which the alarm belongs, and the place that is then the episode's. */
  private causeOf(alarm: Alarm, place: Place): { episode: Episode; place: Place } | null {
    const same = this.open.find((episode) => episode.place === place);
    if (same !== undefined) return { episode: same, place };

    const wider = this.open.find(
      (episode) => contains(episode.place, place) && (episode.names(place) || episode.covers(alarm)),
    );
    if (wider !== undefined) {
      const narrowed = wider.stage === 'warning' && contains(alarm.place, wider.place);
      return { episode: wider, place: narrowed ? place : wider.place };
    }

    const narrower = this.open.filter((episode) => contains(place, episode.place));
    const explained = isExplainedBy(
      alarm,
      narrower.map((episode) => episode.place),
    );
    if (explained) {
      const episode = narrower[narrower.length - 1];
      return { episode, place: episode.place };
    }
    const together = narrower.find((episode) => episode.began >= alarm.began - BEGAN_SLACK);
    return together === undefined ? null : { episode: together, place };
  }

  private pass(device: Place, step: (episode: Episode) => readonly DriftReport[]): readonly DriftReport[] {
    const reports: DriftReport[] = [];
    for (const episode of [...this.open]) {
      if (!contains(episode.place, device)) continue;
      for (const report of step(episode)) {
        reports.push(report);
        this.close(episode);
      }
    }
    return reports;
  }

  private close(episode: Episode): void {
    this.open = this.open.filter((other) => other !== episode);
  }
}
