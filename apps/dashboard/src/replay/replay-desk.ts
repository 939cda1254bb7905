import { signal } from '@preact/signals';
import type { ReplaySpeed, ReplayView, SessionView } from '@hark/contracts';
import { HarkProblemError, type ReplayCommand } from '@hark/client/browser';
import type { Dashboard } from '../app/dashboard.js';
import { STATES, WindowRing } from '../ribbon/window-ring.js';

/** While a replay plays, its figures are asked for this often. */
const ASK_MS = 500;
const SESSIONS = 40;

/** The recorded sessions, and the one that is played again. */
export class ReplayDesk {
  readonly sessions = signal<readonly SessionView[] | null>(null);
  readonly session = signal<SessionView | null>(null);
  readonly replay = signal<ReplayView | null>(null);
  readonly speed = signal<ReplaySpeed>(4);
  /** The version that answers the next replay; null = the current one. */
  readonly version = signal<number | null>(null);
  /** What the replay predicts. */
  ring = new WindowRing(4096);
  private run: AbortController | null = null;

  constructor(private readonly dashboard: Dashboard) {}

  async refresh(): Promise<void> {
    const answer = await this.dashboard.attempt('Listing the sessions', () =>
      this.dashboard.client.sessions.list({ limit: SESSIONS }),
    );
    if (answer !== undefined) this.sessions.value = answer.sessions;
  }

  async start(session: SessionView): Promise<void> {
    await this.stop();
    const { client } = this.dashboard;
    const options = {
      session: session.id,
      speed: this.speed.value,
      model: this.version.value ?? 'current',
    } as const;
    const replay = await this.dashboard.attempt('The replay', () => client.replays.start(options));
    if (replay === undefined) return;
    this.session.value = session;
    this.replay.value = replay;
    this.ring = new WindowRing(4096);
    this.run = new AbortController();
    const { signal: ending } = this.run;
    void this.follow(replay.id, ending).catch(() => undefined);
    void this.watch(replay.id, ending);
    this.dashboard.announcer.say(
      `Replaying ${session.device} of ${session.user} with version ${replay.model}.`,
    );
  }

  async control(command: ReplayCommand): Promise<void> {
    const { value } = this.replay;
    if (value === null) return;
    const view = await this.dashboard.attempt('The replay', () =>
      this.dashboard.client.replays.control(value.id, command),
    );
    if (view === undefined || this.replay.value?.id !== view.id) return;
    this.replay.value = view;
    if (command.command === 'seek') this.ring = new WindowRing(4096);
    this.dashboard.pulse.now();
  }

  /** Goes on, or pauses. */
  toggle(): void {
    const { value } = this.replay;
    if (value !== null) void this.control({ command: value.status === 'playing' ? 'pause' : 'play' });
  }

  setSpeed(speed: ReplaySpeed): void {
    this.speed.value = speed;
    const { value } = this.replay;
    if (value === null || isOver(value)) return;
    void this.control({ command: value.status === 'playing' ? 'play' : 'pause', speed });
  }

  async stop(): Promise<void> {
    const { value } = this.replay;
    if (value === null) return;
    if (!isOver(value)) await this.control({ command: 'stop' });
    this.run?.abort();
    this.run = null;
  }

  async close(): Promise<void> {
    await this.stop();
    this.replay.value = null;
    this.session.value = null;
  }

  private async follow(id: string, ending: AbortSignal): Promise<void> {
    const { book, pulse, client } = this.dashboard;
    for await (const prediction of client.replay(id, { signal: ending, bufferSize: 2000 })) {
      const { window, activity, label, confidence, state, modelVersion: version, final } = prediction;
      const startMs = Date.parse(window.start);
      const endMs = Date.parse(window.end);
      const codes = { said: state === 'ok' ? book.codeOf(activity) : 0, label: book.codeOf(label) };
      this.ring.put({ startMs, endMs, ...codes, confidence, version, final, state: STATES.indexOf(state) });
      pulse.mark();
    }
  }

  private async watch(id: string, ending: AbortSignal): Promise<void> {
    while (!ending.aborted) {
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
      try {
        const view = await this.dashboard.client.replays.get(id, { signal: ending });
        if (this.replay.value?.id === id) this.replay.value = view;
        if (isOver(view)) return;
      } catch (error) {
        if (ending.aborted) return;
        if (error instanceof HarkProblemError && error.status === 404) return;
      }
    }
  }
}

export function isOver({ status }: ReplayView): boolean {
  return status === 'ended' || status === 'failed';
}
