import { deviceKey, toIsoTime, type Prediction, type Transition } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';
import {
  mostProbable,
  type Derivation,
  type DerivationMode,
  type DerivedMessage,
  type KeptMessage,
  type TimedPrediction,
} from './derivation.js';
import { RunOfWindows } from './run-of-windows.js';
import { readTransition, writeTransition, type TransitionAt } from './transition-state.js';

export interface TransitionOptions {
  readonly mode: DerivationMode;
  /** An activity is entered at this probability or above. */
  readonly minConfidence: number;
  /** The activity is left below this probability; at most `minConfidence`, so that it does not flutter in between. */
  readonly leaveConfidence: number;
  /** How long, in event time, either must last, in windows without another word in between. */
  readonly dwellMs: number;
}

interface DeviceState {
  /** Event time up to which windows have been taken. */
  endMs: number;
  current: string | null;
  /** Windows that say another activity than `current`. */
  entering: RunOfWindows;
  /** Windows in which `current` is improbable. */
  leaving: RunOfWindows;
  last: TransitionAt | null;
}

/**
 * Which activity each device is in, by a threshold with hysteresis and a time to dwell, and a message whenever it
 * changes. Windows are taken in event-time order; a window behind the newest of its device is passed over.
 */
export class Transitions implements Derivation {
  private devices = new Map<string, DeviceState>();

  constructor(private readonly options: TransitionOptions) {}

  get size(): number {
    return this.devices.size;
  }

  take(offset: number, { prediction, startMs, endMs }: TimedPrediction): (() => DerivedMessage) | null {
    if (this.options.mode === 'append' && !prediction.final) return null;
    const key = deviceKey(prediction);
    let device = this.devices.get(key);
    if (device === undefined) this.devices.set(key, (device = newDevice()));
    // Neither is true of a time that is none.
    if (!(endMs > device.endMs && startMs <= endMs)) return null;
    device.endMs = endMs;
    const change = this.step(device, prediction, startMs, endMs);
    if (change === null) return null;
    const { user, device: name, model, id, modelVersion } = prediction;
    const message: Transition = {
      kind: 'transition',
      user,
      device: name,
      model,
      from: device.current,
      to: change.to,
      at: toIsoTime(change.sinceMs),
      decidedAt: toIsoTime(endMs),
      confidence: change.confidence,
      prediction: id,
      modelVersion,
    };
    device.current = change.to;
    device.entering.break();
    device.leaving.break();
    const last = { offset, message };
    device.last = last;
    return () => messageOf(last);
  }

  private step(
    device: DeviceState,
    { probabilities }: Prediction,
    startMs: number,
    endMs: number,
  ): { readonly to: string | null; readonly sinceMs: number; readonly confidence: number } | null {
    const { minConfidence, leaveConfidence, dwellMs } = this.options;
    const { current, entering, leaving } = device;
    const top = mostProbable(probabilities);
    if (top === null || top.activity === current || top.probability < minConfidence) entering.break();
    else entering.add(top.activity, startMs, endMs, top.probability);
    const held = current === null ? 0 : (probabilities[current] ?? 0);
    if (current === null || held >= leaveConfidence) leaving.break();
    else leaving.add(current, startMs, endMs, held);
    if (top !== null && entering.hasLasted(dwellMs))
      return { to: top.activity, sinceMs: entering.since, confidence: entering.meanProbability };
    if (leaving.hasLasted(dwellMs))
      return { to: null, sinceMs: leaving.since, confidence: 1 - leaving.meanProbability };
    return null;
  }

  *latest(): Iterable<KeptMessage> {
    for (const { last } of this.devices.values()) if (last !== null) yield messageOf(last);
  }

  write(state: StateWriter): void {
    state.u32(this.devices.size);
    for (const [key, { endMs, current, entering, leaving, last }] of this.devices) {
      // A device key holds no control character but its separator, so it is written as it is.
      state
        .string(key)
        .f64(endMs)
        .bool(current !== null);
      if (current !== null) state.name(current);
      entering.write(state);
      leaving.write(state);
      state.bool(last !== null);
      if (last !== null) writeTransition(state, last);
    }
  }

  read(state: StateReader): void {
    this.devices = new Map();
    for (let left = state.u32(); left > 0; left--) {
      const key = state.string();
      this.devices.set(key, {
        endMs: state.f64(),
        current: state.bool() ? state.name() : null,
        entering: RunOfWindows.read(state),
        leaving: RunOfWindows.read(state),
        last: state.bool() ? readTransition(state) : null,
      });
    }
  }
}

function newDevice(): DeviceState {
  return {
    endMs: -1,
    current: null,
    entering: new RunOfWindows(),
    leaving: new RunOfWindows(),
    last: null,
  };
}

function messageOf({ offset, message }: TransitionAt): KeptMessage {
  const { user, device } = message;
  return { offset, user, devices: [device], payload: JSON.stringify(message) };
}
