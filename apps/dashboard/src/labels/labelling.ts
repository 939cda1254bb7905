import { signal } from '@preact/signals';
import type { Dashboard } from '../app/dashboard.js';
import { keyOf } from '../devices/device-board.js';
import { stretchAt, stretches, type Stretch } from '../ribbon/stretches.js';

/** A stretch that somebody is about to name. */
export interface Naming {
  readonly user: string;
  readonly device: string;
  readonly stretch: Stretch;
}

/** Truth told afterwards: which stretch is meant, what it was, what that changed, and the way back. */
export class Labelling {
  readonly naming = signal<Naming | null>(null);
  /** Event time of the cursor in the chosen device's ribbon; null = at its newest window. */
  readonly cursorMs = signal<number | null>(null);

  constructor(private readonly dashboard: Dashboard) {}

  /** Asks what a stretch was. */
  open(key: string, atMs: number): void {
    const device = this.dashboard.board.device(key);
    const stretch = device === undefined ? null : stretchAt(device.ring, atMs);
    if (device === undefined || stretch === null) return;
    this.cursorMs.value = (stretch.fromMs + stretch.toMs) / 2;
    this.naming.value = { user: device.user, device: device.device, stretch };
  }

  /** Asks about the stretch at the cursor, or about the newest one. */
  openAtCursor(): void {
    const device = this.dashboard.board.device(this.dashboard.chosen.value);
    if (device === undefined) return;
    this.open(device.key, this.cursorMs.value ?? device.seenToMs - 1);
  }

  /** Moves the cursor to the stretch before or after. */
  step(direction: -1 | 1): void {
    const device = this.dashboard.board.device(this.dashboard.chosen.value);
    if (device === undefined) return;
    const all = stretches(device.ring, -Infinity, Infinity);
    const at = this.cursorMs.value;
    const now = at === null ? all.length : all.findIndex(({ fromMs, toMs }) => fromMs <= at && at < toMs);
    const wanted = all[Math.max(0, Math.min(all.length - 1, (now < 0 ? all.length : now) + direction))];
    if (wanted === undefined) return;
    this.cursorMs.value = now + direction >= all.length ? null : (wanted.fromMs + wanted.toMs) / 2;
    const word = this.dashboard.book.wordOf(wanted.said);
    this.dashboard.announcer.say(`${word}, ${Math.round((wanted.toMs - wanted.fromMs) / 1000)} seconds`);
    this.dashboard.pulse.now();
  }

  dismiss(): void {
    this.naming.value = null;
    this.release();
  }

  /** It was this. */
  async tell(activity: string): Promise<void> {
    const { dashboard } = this;
    const naming = this.naming.value;
    if (naming === null) return;
    this.dismiss();
    const { user, device, stretch } = naming;
    const [from, to] = [stretch.windowsFromMs, stretch.windowsToMs].map((ms) => new Date(ms).toISOString());
    const answer = await dashboard.attempt('The label', () =>
      dashboard.client.labels.add(
        { user, device, from, to, activity },
        { idempotencyKey: crypto.randomUUID() },
      ),
    );
    if (answer === undefined) return;
    if (answer.windows > 0) this.show(naming, activity);
    const word = dashboard.book.wordOf(dashboard.book.codeOf(activity));
    const text =
      answer.windows === 0
        ? `“${word}”: no window of this stretch was waiting for a label; those still to come get it.`
        : `“${word}” taught with ${windows(answer.windows)}: ${answer.before.right} were answered so before, ` +
          `${answer.after.right} are now.`;
    const id = dashboard.toasts.show({
      text,
      kind: 'done',
      action: {
        word: 'Undo',
        run: () => {
          dashboard.toasts.dismiss(id);
          void this.undo(answer.id, naming);
        },
      },
    });
    dashboard.announcer.say(`${text} This can be undone.`);
  }

  /** The cursor goes back to the newest window, unless somebody steps through a view that stands still. */
  private release(): void {
    if (!this.dashboard.pause.held.value) this.cursorMs.value = null;
    this.dashboard.pulse.now();
  }

  private async undo(id: string, naming: Naming): Promise<void> {
    const { dashboard } = this;
    const answer = await dashboard.attempt('Taking the label back', () => dashboard.client.labels.undo(id));
    if (answer === undefined) return;
    this.show(naming, null);
    const text = `The label is taken back: ${windows(answer.windows)} without one again.`;
    dashboard.toasts.show({ text, kind: 'done' });
    dashboard.announcer.say(text);
  }

  /** Marks the windows in the ribbon as told. */
  private show({ user, device, stretch }: Naming, activity: string | null): void {
    const { board, book, pulse } = this.dashboard;
    const ring = board.device(keyOf(user, device))?.ring;
    if (ring === undefined) return;
    ring.label(stretch.windowsFromMs, stretch.windowsToMs, book.codeOf(activity));
    pulse.now();
  }
}

function windows(count: number): string {
  return count === 1 ? '1 window' : `${count} windows`;
}
