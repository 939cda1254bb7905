import { deviceKey, type DeviceId } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { covers, type LabelRange } from './label-range.js';

/** Devices whose windows are kept; beyond it the one heard of longest ago is forgotten. */
const MOST_DEVICES = 65_536;

/** A final window without a label. The window itself stands in the log. */
export interface WaitingWindow extends DeviceId {
  readonly startMs: number;
  readonly sizeMs: number;
  /** In the topic `windows`. */
  readonly offset: number;
  /** The activity that was answered. */
  readonly answered: string;
}

/**
 * Windows that wait for a label, by device in event time. One that lies further behind its device's newest than the
 * horizon has waited long enough.
 */
export class WaitingWindows {
  private readonly devices = new Map<string, WaitingWindow[]>();

  /** @param horizonMs event time; 0: nothing waits. */
  constructor(private readonly horizonMs: number) {}

  get size(): number {
    let sum = 0;
    for (const windows of this.devices.values()) sum += windows.length;
    return sum;
  }

  add(window: WaitingWindow): void {
    if (this.horizonMs === 0) return;
    const key = deviceKey(window);
    const windows = this.devices.get(key) ?? [];
    // Heard of last: at the end of the map.
    this.devices.delete(key);
    this.devices.set(key, windows);
    let at = windows.length;
    while (at > 0 && windows[at - 1].startMs > window.startMs) at--;
    windows.splice(at, 0, window);
    const oldest = windows[windows.length - 1].startMs - this.horizonMs;
    let over = 0;
    while (windows[over].startMs < oldest) over++;
    if (over > 0) windows.splice(0, over);
    if (this.devices.size > MOST_DEVICES) {
      for (const longestAgo of this.devices.keys()) {
        this.devices.delete(longestAgo);
        break;
      }
    }
  }

  /** Takes the windows that the range covers, device after device, oldest first. */
  take(range: LabelRange): WaitingWindow[] {
    const { user, device } = range;
    const keys = device === null ? this.keysOf(user) : [deviceKey({ user, device })];
    return keys.flatMap((key) =>
      this.takeWhere(key, (window) => covers(range, window, window.startMs, window.sizeMs)),
    );
  }

  /** Takes a device's windows that start after `fromMs` and before `toMs`, oldest first. */
  takeBetween(id: DeviceId, fromMs: number, toMs: number): WaitingWindow[] {
    return this.takeWhere(deviceKey(id), ({ startMs }) => fromMs < startMs && startMs < toMs);
  }

  forgetBefore(offset: number): void {
    for (const key of [...this.devices.keys()]) this.takeWhere(key, (window) => window.offset < offset);
  }

  write(state: StateWriter): void {
    state.u32(this.devices.size);
    for (const windows of this.devices.values()) {
      state
        .string(windows[0]?.user ?? '')
        .string(windows[0]?.device ?? '')
        .u32(windows.length);
      for (const { startMs, sizeMs, offset, answered } of windows) {
        state.f64(startMs).f64(sizeMs).f64(offset).string(answered);
      }
    }
  }

  read(state: StateReader): void {
    this.devices.clear();
    const size = state.u32();
    if (size > MOST_DEVICES) throw new StateFormatError(`windows of ${size} devices wait`);
    for (let i = 0; i < size; i++) {
      const id = { user: state.string(), device: state.string() };
      const windows: WaitingWindow[] = [];
      for (let left = state.u32(); left > 0; left--) {
        const [startMs, sizeMs, offset] = [state.f64(), state.f64(), state.f64()];
        windows.push({ ...id, startMs, sizeMs, offset, answered: state.string() });
      }
      this.devices.set(deviceKey(id), windows);
    }
  }

  private keysOf(user: string): string[] {
    return [...this.devices].flatMap(([key, [first]]) => (first?.user === user ? [key] : []));
  }

  private takeWhere(key: string, matches: (window: WaitingWindow) => boolean): WaitingWindow[] {
    const windows = this.devices.get(key);
    if (windows === undefined) return [];
    const taken = windows.filter(matches);
    if (taken.length === 0) return taken;
    const left = windows.filter((window) => !matches(window));
    if (left.length === 0) this.devices.delete(key);
    else this.devices.set(key, left);
    return taken;
  }
}
