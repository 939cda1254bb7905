import type { DeviceId } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { covers, readRange, writeRange, type LabelRange } from './label-range.js';
import { WaitingWindows, type WaitingWindow } from './waiting-windows.js';

/** Labels remembered, for windows still to come and to be taken back; beyond it the oldest is past both. */
const MOST_LABELS = 1000;

/** A window that got its label late. */
export interface LabelledWindow extends WaitingWindow {
  /** When the model learned it; null where it has not. */
  readonly learned: LearnedAt | null;
}

/** A moment in a model's learning. */
export interface LearnedAt {
  /** How often the model had been replaced by another, as by a rollback. */
  readonly replacements: number;
  /** How many windows it had learned, this one included, and how much this one counted for. */
  readonly count: number;
  readonly weight: number;
}

interface Applied {
  readonly range: LabelRange;
  readonly windows: LabelledWindow[];
}

/** What a label changes. */
export interface Labelling {
  /** To be learned with the label's activity. */
  readonly windows: readonly WaitingWindow[];
  /** Windows that an earlier label had named otherwise: to be unlearned first. They are among `windows` too. */
  readonly corrected: readonly { readonly window: LabelledWindow; readonly activity: string }[];
}

/**
 * Labels that come after the windows, for stretches of event time. A label takes the windows that wait, and those that
 * an earlier label had named otherwise; windows of its stretch that are still to come get it when they are final.
 */
export class LateLabels {
  readonly waiting: WaitingWindows;
  private readonly applied = new Map<number, Applied>();

  /** @param horizonMs how far a window may lie behind its device's newest and still be labelled; 0: not at all. */
  constructor(horizonMs: number) {
    this.waiting = new WaitingWindows(horizonMs);
  }

  /** The label that was given beforehand for the stretch that this window lies in, the newest if several; or null. */
  labelOf(id: DeviceId, startMs: number, sizeMs: number): LabelRange | null {
    let newest: LabelRange | null = null;
    for (const { range } of this.applied.values()) if (covers(range, id, startMs, sizeMs)) newest = range;
    return newest;
  }

  apply(range: LabelRange): Labelling {
    const corrected: { window: LabelledWindow; activity: string }[] = [];
    for (const earlier of this.applied.values()) {
      const { activity } = earlier.range;
      for (const window of removeWhere(earlier.windows, (each) =>
        covers(range, each, each.startMs, each.sizeMs),
      ))
        corrected.push({ window, activity });
    }
    this.applied.set(range.label, { range, windows: [] });
    if (this.applied.size > MOST_LABELS) {
      for (const oldest of this.applied.keys()) {
        this.applied.delete(oldest);
        break;
      }
    }
    const windows = [...this.waiting.take(range), ...corrected.map(({ window }) => window)];
    return { windows, corrected };
  }

  /** Remembers that a window has the label, and when it was learned with it. */
  keep(label: number, window: LabelledWindow): void {
    this.applied.get(label)?.windows.push(window);
  }

  /** Forgets the label; its windows wait again. @returns what it had done, or null when there is no such label. */
  undo(label: number): Applied | null {
    const applied = this.applied.get(label);
    if (applied === undefined) return null;
    this.applied.delete(label);
    for (const { user, device, startMs, sizeMs, offset, answered } of applied.windows) {
      this.waiting.add({ user, device, startMs, sizeMs, offset, answered });
    }
    return applied;
  }

  /** Windows before this offset are neither labelled nor unlearned any more. */
  forgetBefore(offset: number): void {
    this.waiting.forgetBefore(offset);
    for (const { windows } of this.applied.values()) removeWhere(windows, (each) => each.offset < offset);
  }

  write(state: StateWriter): void {
    this.waiting.write(state);
    state.u32(this.applied.size);
    for (const { range, windows } of this.applied.values()) {
      writeRange(range, state);
      state.u32(windows.length);
      for (const { user, device, startMs, sizeMs, offset, answered, learned } of windows) {
        state.string(user).string(device).f64(startMs).f64(sizeMs).f64(offset).string(answered);
        state
          .bool(learned !== null)
          .f64(learned?.replacements ?? 0)
          .f64(learned?.count ?? 0);
        state.f64(learned?.weight ?? 0);
      }
    }
  }

  read(state: StateReader): void {
    this.waiting.read(state);
    this.applied.clear();
    const labels = state.u32();
    if (labels > MOST_LABELS) throw new StateFormatError(`${labels} labels`);
    for (let i = 0; i < labels; i++) {
      const range = readRange(state);
      const windows: LabelledWindow[] = [];
      for (let left = state.u32(); left > 0; left--) {
        const id = { user: state.string(), device: state.string() };
        const [startMs, sizeMs, offset] = [state.f64(), state.f64(), state.f64()];
        const answered = state.string();
        const hasLearned = state.bool();
        const learned = { replacements: state.f64(), count: state.f64(), weight: state.f64() };
        windows.push({ ...id, startMs, sizeMs, offset, answered, learned: hasLearned ? learned : null });
      }
      this.applied.set(range.label, { range, windows });
    }
  }
}

function removeWhere<T>(values: T[], matches: (value: T) => boolean): T[] {
  const removed = values.filter(matches);
  if (removed.length > 0) values.splice(0, values.length, ...values.filter((value) => !matches(value)));
  return removed;
}
