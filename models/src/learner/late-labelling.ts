import type { ModelEvent, WindowRecord } from '@hark/contracts';
import type { LogRecord, Outputs, StateReader, StateWriter } from '@hark/streaming';
import { isUnlearnable } from '../classifiers/unlearnable.js';
import { parseLabelRecord, type LabelRange } from '../labels/label-range.js';
import { LateLabels, type LabelledWindow } from '../labels/late-labels.js';
import type { WaitingWindow } from '../labels/waiting-windows.js';
import { AnswerCount } from './answer-count.js';
import type { Answering } from './answering.js';
import type { Line } from './line.js';
import type { Training } from './training.js';

/** A window taken earlier, or null when the log does not hold it any more. */
export type Recall = (offset: number) => WindowRecord | null;

/** Learns windows whose label comes after them, and unlearns them when it is taken back. */
export class LateLabelling {
  private readonly labels: LateLabels;

  /**
   * @param horizonMs how far a window may lie behind its device's newest and still be labelled.
   * @param tellsOf whether the answer to a user's label is told here; `null`: to a label that is nobody's.
   */
  constructor(
    horizonMs: number,
    private readonly line: Line,
    private readonly training: Training,
    private readonly answering: Answering,
    private readonly recall: Recall,
    private readonly tellsOf: (user: string | null) => boolean = () => true,
  ) {
    this.labels = new LateLabels(horizonMs);
  }

  /** Windows that wait for a label. */
  get waiting(): number {
    return this.labels.waiting.size;
  }

  /** The label given beforehand for the stretch that a window lies in, or null. */
  labelOf(window: WindowRecord): LabelRange | null {
    return this.labels.labelOf(window, window.startMs, window.sizeMs);
  }

  /**
   * A final window without a label of its own: it is learned with the one given beforehand, or waits.
   * @param answered its most probable class.
   */
  takeUnlabelled(
    window: WindowRecord,
    offset: number,
    given: LabelRange | null,
    answered: string | null,
    outputs: Outputs,
  ): void {
    const { user, device, startMs, sizeMs } = window;
    const waiting = { user, device, startMs, sizeMs, offset, answered: answered ?? 'unknown' };
    if (given === null) this.labels.waiting.add(waiting);
    else this.learn(window, waiting, given, outputs);
  }

  /** Takes a record of `labels`. */
  takeRecord({ value, offset: label }: LogRecord, outputs: Outputs): void {
    const request = parseLabelRecord(value, label);
    if (request === null) {
      this.tell(null, { kind: 'refused', code: 'malformed_label', message: 'not a label', label }, outputs);
    } else if ('undo' in request) {
      this.undo(request.undo, label, outputs);
    } else {
      this.apply(request, outputs);
    }
  }

  /** Windows before this offset are about to go from the log: none of them is looked up again. */
  forgetBefore(offset: number): void {
    this.labels.forgetBefore(offset);
  }

  write(state: StateWriter): void {
    this.labels.write(state);
  }

  read(state: StateReader): void {
    this.labels.read(state);
  }

  private apply(range: LabelRange, outputs: Outputs): void {
    const { label, user, device, activity } = range;
    const { windows, corrected } = this.labels.apply(range);
    for (const { window, activity: wrong } of corrected) this.unlearn(window, wrong);
    const before = new AnswerCount(activity);
    const after = new AnswerCount(activity);
    const learned: WindowRecord[] = [];
    for (const waiting of windows) {
      const window = this.recall(waiting.offset);
      if (window === null) continue;
      before.add(waiting.answered);
      this.learn(window, waiting, range, outputs);
      learned.push(window);
    }
    for (const window of learned) after.add(this.answering.reconsider(window, outputs) ?? 'unknown');
    this.tell(
      user,
      {
        ...{ kind: 'labelled', label, user, device, activity, windows: learned.length },
        ...{ before: before.report(), after: after.report() },
      },
      outputs,
    );
  }

  private undo(label: number, undo: number, outputs: Outputs): void {
    const undone = this.labels.undo(label);
    if (undone === null) {
      const message = `there is no label ${label}, or it was taken back, or it is too long ago`;
      return this.tell(null, { kind: 'refused', code: 'unknown_label', message, label: undo }, outputs);
    }
    for (const window of undone.windows) this.unlearn(window, undone.range.activity);
    const { range, windows } = undone;
    this.tell(range.user, { kind: 'unlabelled', label, undo, windows: windows.length }, outputs);
  }

  private tell(user: string | null, event: ModelEvent, outputs: Outputs): void {
    if (this.tellsOf(user)) this.line.tell(event, outputs);
  }

  private learn(window: WindowRecord, waiting: WaitingWindow, range: LabelRange, outputs: Outputs): void {
    const { line } = this;
    const answered = waiting.answered === 'unknown' ? null : waiting.answered;
    // Counted before: learning may make a version, but replaces no model unless a challenger is promoted.
    const { replacements } = line;
    const shared = this.answering.sharedAnswer(window, outputs);
    const example = { ...window, label: range.activity, answered, shared, confidence: null };
    const hasLearned = this.training.take(example, outputs);
    const { classifier } = line;
    const weight = isUnlearnable(classifier) ? classifier.lastWeight : 0;
    const learned = hasLearned ? { replacements, count: classifier.learned, weight } : null;
    this.labels.keep(range.label, { ...waiting, learned });
  }

  /** What the user's own adaptation has learned stays: it fades within a hundred windows. */
  private unlearn({ offset, learned }: LabelledWindow, activity: string): void {
    const { classifier, replacements } = this.line;
    if (learned?.replacements !== replacements || !isUnlearnable(classifier)) return;
    const window = this.recall(offset);
    if (window === null) return;
    const age = classifier.learned - learned.count;
    classifier.unlearn(this.answering.show(window), activity, { weight: learned.weight, age });
  }
}
