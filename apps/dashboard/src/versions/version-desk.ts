import { signal } from '@preact/signals';
import type { RollbackAnswer, VersionView } from '@hark/contracts';
import type { Dashboard } from '../app/dashboard.js';

/** Model events come in bursts: the list is asked for again once they rest. */
const SETTLE_MS = 400;

/** A rollback that is being thought about. */
export interface Preview {
  readonly version: number;
  /** What would change; null while it is being asked. */
  readonly answer: RollbackAnswer | null;
  readonly learning: 'continue' | 'frozen';
}

/** The versions of the model, and the way from one to another and back. */
export class VersionDesk {
  readonly list = signal<readonly VersionView[] | null>(null);
  readonly current = signal<number | null>(null);
  readonly previous = signal<number | null>(null);
  /** Null while it is not known: who may only look can't ask. */
  readonly learning = signal<boolean | null>(null);
  readonly preview = signal<Preview | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly dashboard: Dashboard) {}

  async follow(ending: AbortSignal): Promise<void> {
    const { client } = this.dashboard;
    const events = client.modelEvents({ signal: ending });
    await events.begin();
    await this.refresh();
    await this.askLearning();
    for await (const event of events) {
      if (event.kind === 'learning') this.learning.value = event.enabled;
      if (event.kind === 'activated') {
        this.learning.value = event.learning;
        this.dashboard.announcer.say(`Version ${event.to} answers now, in place of ${event.from}.`);
      }
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.refresh().catch(() => undefined), SETTLE_MS);
    }
  }

  /** Shows what rolling back would change, before it is done. */
  async show(version: number): Promise<void> {
    this.preview.value = { version, answer: null, learning: 'continue' };
    const answer = await this.dashboard.attempt('The preview', () =>
      this.dashboard.client.models.rollback(version, { dryRun: true }),
    );
    const { value } = this.preview;
    if (value?.version === version) this.preview.value = answer === undefined ? null : { ...value, answer };
  }

  setPreviewLearning(learning: Preview['learning']): void {
    const { value } = this.preview;
    if (value !== null) this.preview.value = { ...value, learning };
  }

  dismiss(): void {
    this.preview.value = null;
  }

  /** Lets a version answer, and offers the way back. */
  async rollBack(version: number, learning: Preview['learning'] = 'continue', isUndo = false): Promise<void> {
    const { dashboard } = this;
    this.preview.value = null;
    const options = { learning, idempotencyKey: crypto.randomUUID(), reason: isUndo ? 'undo' : 'dashboard' };
    const answer = await dashboard.attempt(isUndo ? 'Undoing the rollback' : 'Rolling back', () =>
      dashboard.client.models.rollback(version, options),
    );
    if (answer === undefined) return;
    const { from, to, effectiveAt } = answer;
    const text = isUndo
      ? `Undone: v${to} answers again, in place of v${from}.`
      : `v${to} answers from window record ${effectiveAt?.offset ?? '–'} on, in place of v${from}.`;
    const id = dashboard.toasts.show({
      text,
      kind: 'done',
      action: {
        word: isUndo ? `Back to v${from}` : 'Undo',
        run: () => {
          dashboard.toasts.dismiss(id);
          void this.rollBack(from, 'continue', !isUndo);
        },
      },
    });
    dashboard.announcer.say(`${text} This can be undone.`);
    await this.refresh();
  }

  async setLearning(enabled: boolean): Promise<void> {
    const answer = await this.dashboard.attempt(enabled ? 'Letting it learn' : 'Freezing', () =>
      this.dashboard.client.models.setLearning(enabled, { idempotencyKey: crypto.randomUUID() }),
    );
    if (answer !== undefined) this.learning.value = answer.enabled;
  }

  private async refresh(): Promise<void> {
    const { versions, current, previous } = await this.dashboard.client.models.list();
    this.list.value = versions;
    this.current.value = current;
    this.previous.value = previous;
    this.dashboard.pulse.mark();
  }

  private async askLearning(): Promise<void> {
    try {
      const { gateway } = await this.dashboard.client.status();
      this.learning.value = gateway.model.learning;
    } catch {
      this.learning.value = null;
    }
  }
}
