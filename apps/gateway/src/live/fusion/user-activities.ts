import { toIsoTime, type Fused, type FusedDevice } from '@hark/contracts';
import {
  ClockOffset,
  UserFusion,
  opinionOf,
  readAnswer,
  readOpinion,
  readProbabilities,
  writeAnswer,
  writeProbabilities,
  type DeviceAnswer,
  type Opinion,
} from '@hark/models';
import type { StateReader, StateWriter } from '@hark/streaming';
import {
  mostProbable,
  type Derivation,
  type DerivationMode,
  type DerivedMessage,
  type KeptMessage,
  type TimedPrediction,
} from '../derived/derivation.js';

/** A quarter of what `Date` holds: sums of a few such times are dates still. */
const FURTHEST_MS = 2e15;

interface DeviceState {
  readonly clock: ClockOffset;
  /** Event time up to which windows have been taken. */
  endMs: number;
}

/** What a message is made of. */
interface FusedAt {
  readonly offset: number;
  /** Of the prediction that was fused last. */
  readonly id: string;
  /** Those that were fused, that of `id` first. */
  readonly answers: readonly DeviceAnswer[];
  readonly probabilities: Opinion;
}

interface UserState {
  readonly devices: Map<string, DeviceState>;
  readonly last: FusedAt;
}

/**
 * One activity for each user by all devices they wear, as {@link UserFusion} has it: the same that `hark evaluate`
 * scores. Each window of any of the devices makes a message; a window behind the newest of its device is passed over.
 * A device's label tells how far it is to be trusted from then on.
 */
export class UserActivities implements Derivation {
  private users = new Map<string, UserState>();
  private fusion = new UserFusion();

  constructor(private readonly mode: DerivationMode) {}

  get size(): number {
    return this.users.size + this.fusion.size;
  }

  take(offset: number, { prediction, startMs, endMs }: TimedPrediction): (() => DerivedMessage) | null {
    if (this.mode === 'append' && !prediction.final) return null;
    const { user, device: name, receivedMs, label, id } = prediction;
    // Neither NaN nor beyond the calendar.
    for (const each of [startMs, endMs, receivedMs]) if (!(Math.abs(each) <= FURTHEST_MS)) return null;
    const devices = this.users.get(user)?.devices ?? new Map<string, DeviceState>();
    const device = devices.get(name) ?? { clock: new ClockOffset(), endMs: -Infinity };
    if (startMs > endMs || endMs <= device.endMs) return null;
    device.clock.add(receivedMs, endMs);
    device.endMs = endMs;
    devices.set(name, device);
    const opinion = opinionOf(prediction, startMs, endMs, device.clock.ms);
    const fused = this.fusion.fuse(user, opinion, label);
    const last = { offset, id, answers: fused.opinions, probabilities: fused.probabilities };
    this.users.set(user, { devices, last });
    return () => messageOf(user, last);
  }

  *latest(): Iterable<KeptMessage> {
    for (const [user, { last }] of this.users) yield messageOf(user, last);
  }

  write(state: StateWriter): void {
    state.u32(this.users.size);
    for (const [user, { devices, last }] of this.users) {
      state.string(user).u32(devices.size);
      for (const [name, { clock, endMs }] of devices) {
        state.string(name).f64(endMs);
        clock.write(state);
      }
      state.f64(last.offset).string(last.id).u32(last.answers.length);
      for (const answer of last.answers) writeAnswer(state, answer);
      writeProbabilities(state, last.probabilities);
    }
    this.fusion.write(state);
  }

  read(state: StateReader): void {
    this.users = new Map();
    // The first version held the answers with the opinions behind them.
    const readOne = state.version === 1 ? readOpinion : readAnswer;
    for (let left = state.u32(); left > 0; left--) {
      const user = state.string();
      const devices = new Map<string, DeviceState>();
      for (let more = state.u32(); more > 0; more--)
        devices.set(state.string(), { endMs: state.f64(), clock: ClockOffset.read(state) });
      const [offset, id] = [state.f64(), state.string()];
      const answers = Array.from({ length: state.u32() }, () => readOne(state));
      this.users.set(user, {
        devices,
        last: { offset, id, answers, probabilities: readProbabilities(state) },
      });
    }
    this.fusion = UserFusion.read(state);
  }
}

function messageOf(user: string, { offset, id, answers, probabilities }: FusedAt): KeptMessage {
  const most = mostProbable(probabilities);
  const [{ endMs, clockOffsetMs }] = answers;
  const devices = answers
    .map(({ device, model, activity, confidence, ...said }): FusedDevice => {
      const window = { start: toIsoTime(said.startMs), end: toIsoTime(said.endMs) };
      return { device, model, activity, confidence, window, clockOffsetMs: said.clockOffsetMs };
    })
    .sort((a, b) => (a.device < b.device ? -1 : 1));
  const message: Fused = {
    kind: 'fused',
    user,
    activity: most?.activity ?? 'unknown',
    confidence: most?.probability ?? 0,
    probabilities,
    state: most === null ? 'unknown' : 'ok',
    devices,
    at: toIsoTime(endMs + clockOffsetMs),
    prediction: id,
  };
  return { offset, user, devices: devices.map(({ device }) => device), payload: JSON.stringify(message) };
}
