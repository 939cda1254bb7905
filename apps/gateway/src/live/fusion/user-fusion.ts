import { toIsoTime, type Fused, type FusedDevice, type Prediction } from '@hark/contracts';
import { ClockOffset, poolOpinions } from '@hark/models';
import type { StateReader, StateWriter } from '@hark/streaming';
import {
  mostProbable,
  type Derivation,
  type DerivationMode,
  type DerivedMessage,
  type KeptMessage,
} from '../derived/derivation.js';

/** Devices whose newest windows end within this of each other, in wall time, are fused: four hops of a window. */
export const TOGETHER_MS = 6000;

/** A quarter of what `Date` holds: sums of a few such times are dates still. */
const FURTHEST_MS = 2e15;

interface DeviceState {
  readonly clock: ClockOffset;
  /** Event time. */
  endMs: number;
  /** The newest window's: what the message needs of it. */
  said: Pick<Prediction, 'device' | 'model' | 'activity' | 'confidence' | 'probabilities'> & {
    readonly window: { readonly start: string; readonly end: string };
  };
}

interface UserState {
  readonly devices: Map<string, DeviceState>;
  /** Wall time reached. */
  atMs: number;
  /** The prediction that made the last message: its offset and id. */
  offset: number;
  prediction: string;
}

/**
 * One activity for each user, from the newest window of each device that was heard of at the same wall time. Each
 * window of any of the devices makes a message; passed over are a window behind the newest of its device, and one of a
 * time that the user's other devices have left behind.
 */
export class UserFusion implements Derivation {
  private users = new Map<string, UserState>();

  constructor(private readonly mode: DerivationMode) {}

  get size(): number {
    return this.users.size;
  }

  take(offset: number, prediction: Prediction): (() => DerivedMessage) | null {
    if (this.mode === 'append' && !prediction.final) return null;
    const { user, device: name, window, receivedMs, id } = prediction;
    const endMs = Date.parse(window.end);
    // Neither NaN nor beyond the calendar.
    if (!(Math.abs(endMs) <= FURTHEST_MS && Math.abs(receivedMs) <= FURTHEST_MS)) return null;
    const known = this.users.get(user);
    let device = known?.devices.get(name);
    if (device !== undefined && endMs <= device.endMs) return null;
    device ??= { clock: new ClockOffset(), endMs, said: prediction };
    device.clock.add(receivedMs, endMs);
    const aligned = endMs + device.clock.ms;
    if (known !== undefined && known.atMs - aligned > TOGETHER_MS) return null;
    const state = known ?? { devices: new Map<string, DeviceState>(), atMs: aligned, offset, prediction: id };
    device.endMs = endMs;
    device.said = prediction;
    state.devices.set(name, device);
    state.atMs = Math.max(state.atMs, aligned);
    state.offset = offset;
    state.prediction = id;
    if (known === undefined) this.users.set(user, state);
    return () => messageOf(user, state);
  }

  *latest(): Iterable<KeptMessage> {
    for (const [user, state] of this.users) yield messageOf(user, state);
  }

  write(state: StateWriter): void {
    state.u32(this.users.size);
    for (const [user, { devices, atMs, offset, prediction }] of this.users) {
      state.string(user).f64(atMs).f64(offset).string(prediction).u32(devices.size);
      for (const [name, { clock, endMs, said }] of devices) {
        const { model, activity, confidence, window, probabilities } = said;
        const fields = [model, activity, confidence, window.start, window.end, probabilities];
        state.string(name).f64(endMs).string(JSON.stringify(fields));
        clock.write(state);
      }
    }
  }

  read(state: StateReader): void {
    this.users = new Map();
    for (let left = state.u32(); left > 0; left--) {
      const user = state.string();
      const atMs = state.f64();
      const offset = state.f64();
      const prediction = state.string();
      const devices = new Map<string, DeviceState>();
      for (let more = state.u32(); more > 0; more--) {
        const device = state.string();
        const endMs = state.f64();
        const [model, activity, confidence, start, end, probabilities] = JSON.parse(state.string()) as Fields;
        const said = { device, model, activity, confidence, window: { start, end }, probabilities };
        devices.set(device, { endMs, said, clock: ClockOffset.read(state) });
      }
      this.users.set(user, { devices, atMs, offset, prediction });
    }
  }
}

/** What is stored of a device's newest prediction. */
type Fields = [string, string, number, string, string, Record<string, number>];

/** What is said of the user now, of the devices that are together at `atMs`. */
function messageOf(user: string, { devices, atMs, offset, prediction }: UserState): KeptMessage {
  const together = [...devices.values()]
    .filter(({ endMs, clock }) => Math.abs(atMs - (endMs + clock.ms)) <= TOGETHER_MS)
    .sort((a, b) => (a.said.device < b.said.device ? -1 : 1));
  const probabilities = poolOpinions(together.map(({ said }) => said.probabilities));
  const most = mostProbable(probabilities);
  const message: Fused = {
    kind: 'fused',
    user,
    activity: most?.activity ?? 'unknown',
    confidence: most?.probability ?? 0,
    probabilities,
    state: most === null ? 'unknown' : 'ok',
    devices: together.map(({ said, clock }): FusedDevice => {
      const { device, model, activity, confidence, window } = said;
      const { start, end } = window;
      return { device, model, activity, confidence, window: { start, end }, clockOffsetMs: clock.ms };
    }),
    at: toIsoTime(atMs),
    prediction,
  };
  return { offset, user, devices: together.map(({ said }) => said.device), payload: JSON.stringify(message) };
}
