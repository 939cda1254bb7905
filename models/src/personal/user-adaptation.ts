import { deviceKey, type DeviceId } from '@hark/contracts';
import { StateFormatError, StateReader, StateWriter } from '@hark/streaming';
import type { Classifier } from '../classifier.js';
import { mostProbable } from '../scores/most-probable.js';
import { checkFeatures } from '../classifiers/feature-check.js';
import { ClassAlignment } from './class-alignment.js';
import { DeviceTurns, type TurnFinding } from './device-turns.js';
import { PersonalCorrection } from './personal-correction.js';
import { personalInputs } from './personal-inputs.js';
import { PersonalModel } from './personal-model.js';
import { TurnWatch } from './turn-watch.js';
import { canBeTurned } from './turned-features.js';

const USER_FORMAT = 'hark.user';
const USER_FORMAT_VERSION = 2;

/** Devices of a user that are watched; beyond them the one that was learned of longest ago is forgotten. */
const MOST_DEVICES = 8;

/** What is known of one user. */
interface User {
  readonly model: PersonalModel;
  /** In the order in which they were last learned of. */
  readonly devices: Map<string, TurnWatch>;
}

type Shared = Pick<Classifier, 'classes' | 'predict'>;

/**
 * Adapts a shared model to each of its users, in two steps about it:
 *
 * 1. {@link show}: the window as it would have been, had the device not been turned over ({@link DeviceTurns});
 * 2. {@link adapt}: what the shared model's answer to that means for this user ({@link PersonalModel}).
 *
 * {@link learn} learns both from labelled windows. Of a user nothing was learned of, the shared model's answer stands
 * as it is. A personal model changes what is said of its user and of nobody else.
 *
 * A user takes 22 kB with 32 classes, and up to 12 kB for each of up to eight devices. Users who have fallen quiet can be {@link setAside} and
 * {@link bringBack}: as if they had stayed, to the bit.
 */
export class UserAdaptation {
  /** In the order in which they were last learned of. */
  private readonly usersHeld = new Map<string, User>();
  private readonly alignment = new ClassAlignment();
  private readonly correction: PersonalCorrection;
  /** `null` for features that are not read off a device's axes. */
  private readonly turns: DeviceTurns | null;
  private readonly inputs: readonly number[];
  private readonly untouched = new TurnWatch();
  private finding: TurnFinding | null = null;

  /** @param names of the features, in their order, at least one. */
  constructor(private readonly names: readonly string[]) {
    this.inputs = personalInputs(names);
    this.correction = new PersonalCorrection(this.inputs);
    this.turns = canBeTurned(names) ? new DeviceTurns(names) : null;
  }

  /** Users at hand. */
  get users(): number {
    return this.usersHeld.size;
  }

  has(user: string): boolean {
    return this.usersHeld.has(user);
  }

  /** Windows learned of a user at hand. */
  learned(user: string): number {
    return this.usersHeld.get(user)?.model.learned ?? 0;
  }

  /** The user at hand who was learned of longest ago; null when there is none. */
  get longestQuiet(): string | null {
    for (const user of this.usersHeld.keys()) return user;
    return null;
  }

  /** Number of the turn that a device's windows are shown with; 0 = as they come. */
  turnOf({ user, device }: DeviceId): number {
    const watch = this.usersHeld.get(user)?.devices.get(device);
    return this.turns?.shownTurn(watch ?? this.untouched) ?? 0;
  }

  /** A turn that the window learned last made sure of; most often null. */
  get turnFinding(): TurnFinding | null {
    return this.finding;
  }

  /**
   * The window as the shared model is to be asked about it. Changes nothing.
   * @param x finite features, all of them.
   * @returns `x` itself, or an array that the next call reuses.
   */
  show({ user, device }: DeviceId, x: Float64Array): Float64Array {
    if (this.turns === null) return x;
    const watch = this.usersHeld.get(user)?.devices.get(device);
    return this.turns.show(watch ?? this.untouched, x);
  }

  /**
   * Probabilities for this user, summing to 1. Changes nothing.
   * @param shown what {@link show} gave.
   * @param probabilities the shared model's, of `classes` in their order.
   * @returns `probabilities` itself, or an array that the next call reuses.
   */
  adapt(
    user: string,
    shown: Float64Array,
    classes: readonly string[],
    probabilities: Float64Array,
  ): Float64Array {
    const model = this.usersHeld.get(user)?.model;
    if (model === undefined || probabilities.length === 0) return probabilities;
    const aligned = this.alignment.align(classes, probabilities);
    return this.alignment.restore(classes, probabilities, this.correction.apply(model, shown, aligned));
  }

  /**
   * Learns one labelled window. Call before the shared model learns it.
   * @param x the window as it came.
   * @param shared is asked about this window, and now and then about earlier ones that were turned.
   * @returns the window as the shared model is to learn it: `x` itself, or an array that the next call reuses.
   * @throws FeatureError when a value is not finite or the length is wrong; nothing is learned then.
   */
  learn({ user, device }: DeviceId, x: Float64Array, label: string, shared: Shared): Float64Array {
    checkFeatures(x, this.names.length);
    this.finding = null;
    this.alignment.add(shared.classes);
    this.alignment.add([label]);
    const target = this.alignment.find(label);
    if (target < 0) return this.show({ user, device }, x);
    const { model, devices } = this.recall(user);
    const { classes } = shared;
    // A class that the shared model has never met says nothing of how good it is.
    const known = classes.includes(label);
    let shown = this.show({ user, device }, x);
    let aligned = this.alignment.align(classes, shared.predict(shown));
    if (this.turns !== null) {
      const watch = this.watchOf(devices, device);
      const missed = known && mostProbable(aligned) !== target;
      let asked = false;
      shown = this.turns.learn(watch, deviceKey({ user, device }), x, target, missed, (window, truth) => {
        asked = true;
        return this.alignment.align(classes, shared.predict(window))[truth];
      });
      this.finding = this.turns.finding;
      if (asked) aligned = this.alignment.align(classes, shared.predict(shown));
    }
    this.correction.learn(model, shown, aligned, target, known);
    return shown;
  }

  /** Takes a user out. @returns what was known of the user, or null when there is none at hand. */
  setAside(user: string): Uint8Array | null {
    const held = this.usersHeld.get(user);
    if (held === undefined) return null;
    const state = new StateWriter(USER_FORMAT, USER_FORMAT_VERSION);
    this.writeUser(held, state);
    this.usersHeld.delete(user);
    return state.finish();
  }

  /**
   * Puts a user back, as the one learned of last.
   * @throws StateFormatError when the bytes are not what {@link setAside} gave, or of other features.
   */
  bringBack(user: string, bytes: Uint8Array): void {
    const state = new StateReader(bytes, USER_FORMAT, USER_FORMAT_VERSION);
    const held = this.readUser(state);
    state.finish();
    this.usersHeld.delete(user);
    this.usersHeld.set(user, held);
  }

  /** Forgets a user: from here on the shared model answers. */
  forget(user: string): void {
    this.usersHeld.delete(user);
  }

  write(state: StateWriter): void {
    this.alignment.write(state);
    this.correction.write(state);
    this.turns?.write(state);
    state.u32(this.usersHeld.size);
    for (const [user, held] of this.usersHeld) this.writeUser(held, state.string(user));
  }

  /** @throws StateFormatError */
  read(state: StateReader): void {
    this.alignment.read(state);
    this.correction.read(state);
    this.turns?.read(state);
    this.usersHeld.clear();
    for (let left = state.u32(); left > 0; left--) {
      const user = state.string();
      this.usersHeld.set(user, this.readUser(state));
    }
  }

  private recall(user: string): User {
    const held = this.usersHeld.get(user) ?? {
      model: new PersonalModel(this.inputs.length),
      devices: new Map<string, TurnWatch>(),
    };
    this.usersHeld.delete(user);
    this.usersHeld.set(user, held);
    return held;
  }

  private watchOf(devices: Map<string, TurnWatch>, device: string): TurnWatch {
    const watch = devices.get(device) ?? newWatch(devices);
    devices.delete(device);
    devices.set(device, watch);
    if (devices.size > MOST_DEVICES) devices.delete(first(devices));
    return watch;
  }

  private writeUser({ model, devices }: User, state: StateWriter): void {
    state.u32(this.inputs.length);
    model.write(state);
    state.u8(devices.size);
    for (const [device, watch] of devices) watch.write(state.string(device));
  }

  private readUser(state: StateReader): User {
    const inputs = state.u32();
    if (inputs !== this.inputs.length) {
      throw new StateFormatError(`a personal model of ${inputs} features, expected ${this.inputs.length}`);
    }
    const model = new PersonalModel(inputs);
    model.read(state);
    const devices = new Map<string, TurnWatch>();
    for (let left = state.u8(); left > 0; left--) {
      const device = state.string();
      const watch = new TurnWatch();
      watch.read(state, this.names.length);
      devices.set(device, watch);
    }
    return { model, devices };
  }
}

/** Of a device that was never heard of: what is usual for it is what was for its user's device learned of last. */
function newWatch(devices: ReadonlyMap<string, TurnWatch>): TurnWatch {
  const watch = new TurnWatch();
  let last: TurnWatch | null = null;
  for (const other of devices.values()) last = other;
  if (last !== null) watch.change.takeOver(last.change);
  return watch;
}

/** The key that was set longest ago. */
function first(devices: ReadonlyMap<string, TurnWatch>): string {
  for (const device of devices.keys()) return device;
  return '';
}
