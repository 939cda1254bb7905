import { deviceKey, type DeviceId, type Observation, type WatchedApp } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';

/** Silent devices that are remembered; the one silent for longest is forgotten first. */
const MOST_SILENT = 10_000;

/** A device that has sent for a while: present, or silent. */
export interface WatchedDevice extends DeviceId {
  /** Since when it is silent; null while it is present. */
  readonly silence: {
    readonly episode: number;
    readonly at: string;
    readonly lastHeardAt: string | null;
  } | null;
}

/** An episode that an observation has begun or ended. */
export interface WorldStage {
  readonly observation: Exclude<Observation, { kind: 'present' }>;
  readonly episode: number;
  /** As the episode began; of a device. */
  readonly lastHeardAt?: string | null;
}

/** The episode of a report that has failed or is slow. */
export interface ReportTrouble {
  readonly episode: number;
  readonly stage: 'failed' | 'slow';
}

/** What has been observed: which devices are present or silent, which apps are behind. One stage once. */
export class WatchedWorld {
  private watched = new Map<string, WatchedDevice>();
  /** Apps that are behind, with their episodes. */
  private late = new Map<WatchedApp, number>();
  /** Reports that have failed or are slow. */
  private troubled = new Map<string, ReportTrouble>();
  private silences = 0;
  private delays = 0;
  private troubles = 0;

  get devices(): ReadonlyMap<string, WatchedDevice> {
    return this.watched;
  }

  get behind(): ReadonlyMap<WatchedApp, number> {
    return this.late;
  }

  get reports(): ReadonlyMap<string, ReportTrouble> {
    return this.troubled;
  }

  /** @returns null where nothing has changed by it. */
  take(observation: Observation): WorldStage | null {
    switch (observation.kind) {
      case 'present':
        this.present(observation);
        return null;
      case 'silent': {
        const { user, device, at, lastHeardAt } = observation;
        const key = deviceKey(observation);
        const known = this.watched.get(key);
        if (known === undefined || known.silence !== null) return null;
        const episode = ++this.silences;
        this.watched.delete(key);
        this.watched.set(key, { user, device, silence: { episode, at, lastHeardAt } });
        this.forget();
        return { observation, episode, lastHeardAt };
      }
      case 'heard': {
        const silence = this.watched.get(deviceKey(observation))?.silence ?? null;
        if (silence === null) return null;
        this.watched.set(deviceKey(observation), deviceOf(observation));
        return { observation, episode: silence.episode, lastHeardAt: silence.lastHeardAt };
      }
      case 'behind': {
        if (this.late.has(observation.app)) return null;
        this.late.set(observation.app, ++this.delays);
        return { observation, episode: this.delays };
      }
      case 'caught_up': {
        const episode = this.late.get(observation.app);
        if (episode === undefined) return null;
        this.late.delete(observation.app);
        return { observation, episode };
      }
      case 'report_failed':
      case 'report_slow': {
        const { report } = observation;
        const stage = observation.kind === 'report_failed' ? 'failed' : 'slow';
        const known = this.troubled.get(report);
        if (known?.stage === stage) return null;
        const episode = known?.episode ?? ++this.troubles;
        this.troubled.set(report, { episode, stage });
        return { observation, episode };
      }
      case 'report_well': {
        const known = this.troubled.get(observation.report);
        if (known === undefined) return null;
        this.troubled.delete(observation.report);
        return { observation, episode: known.episode };
      }
      default:
        return null;
    }
  }

  write(state: StateWriter): void {
    state.f64(this.silences).f64(this.delays).u32(this.watched.size);
    for (const { user, device, silence } of this.watched.values()) {
      state
        .string(user)
        .string(device)
        .bool(silence !== null);
      if (silence !== null)
        state
          .f64(silence.episode)
          .string(silence.at)
          .string(silence.lastHeardAt ?? '');
    }
    state.u32(this.late.size);
    for (const [app, episode] of this.late) state.string(app).f64(episode);
    state.f64(this.troubles).u32(this.troubled.size);
    for (const [report, { episode, stage }] of this.troubled)
      state
        .string(report)
        .f64(episode)
        .bool(stage === 'failed');
  }

  /** @param version of the desk's state: the first knew of no reports. */
  read(state: StateReader, version: number): void {
    this.silences = state.f64();
    this.delays = state.f64();
    this.watched = new Map();
    for (let left = state.u32(); left > 0; left--) {
      const id = { user: state.string(), device: state.string() };
      const silence = state.bool()
        ? { episode: state.f64(), at: state.string(), lastHeardAt: state.string() || null }
        : null;
      this.watched.set(deviceKey(id), { ...id, silence });
    }
    this.late = new Map();
    for (let left = state.u32(); left > 0; left--) this.late.set(state.string() as WatchedApp, state.f64());
    this.troubled = new Map();
    this.troubles = version === 1 ? 0 : state.f64();
    for (let left = version === 1 ? 0 : state.u32(); left > 0; left--) {
      const report = state.string();
      const episode = state.f64();
      this.troubled.set(report, { episode, stage: state.bool() ? 'failed' : 'slow' });
    }
  }

  private present(id: DeviceId): void {
    const key = deviceKey(id);
    if (!this.watched.has(key)) this.watched.set(key, deviceOf(id));
  }

  private forget(): void {
    let silent = 0;
    for (const { silence } of this.watched.values()) if (silence !== null) silent++;
    for (const [key, { silence }] of this.watched) {
      if (silent <= MOST_SILENT) return;
      if (silence === null) continue;
      this.watched.delete(key);
      silent--;
    }
  }
}

function deviceOf({ user, device }: DeviceId): WatchedDevice {
  return { user, device, silence: null };
}
