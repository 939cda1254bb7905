import { signal } from '@preact/signals';
import type { ReportRows, ReportView } from '@hark/contracts';
import { HarkProblemError } from '@hark/client/browser';
import type { Dashboard } from '../app/dashboard.js';

const ASK_MS = 3000;
const ROWS = 200;

/** The continuous queries, and the table of one of them, as long as somebody looks. */
export class ReportDesk {
  /** Null before it is known; `absent` of a service without reports. */
  readonly list = signal<readonly ReportView[] | 'absent' | null>(null);
  readonly chosen = signal<string | null>(null);
  readonly table = signal<ReportRows | null>(null);
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly dashboard: Dashboard) {}

  /** @returns ends it. */
  watch(): () => void {
    void this.ask();
    this.timer = setInterval(() => {
      if (!document.hidden && !this.dashboard.pause.held.value) void this.ask();
    }, ASK_MS);
    return () => clearInterval(this.timer);
  }

  choose(name: string): void {
    this.chosen.value = name;
    this.table.value = null;
    void this.ask();
  }

  private async ask(): Promise<void> {
    const { reports } = this.dashboard.client;
    try {
      const list = await reports.list();
      this.list.value = list;
      this.chosen.value ??= list.find(({ rows }) => rows > 0)?.name ?? list[0]?.name ?? null;
      const name = this.chosen.value;
      if (name === null) return;
      const table = await reports.rows(name, { limit: ROWS });
      if (this.chosen.value === name) this.table.value = table;
    } catch (error) {
      // A service that runs none, or a token that may not know of all users.
      if (error instanceof HarkProblemError && this.list.value === null) this.list.value = 'absent';
    }
  }
}
