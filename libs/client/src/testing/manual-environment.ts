import type { Environment } from '../environment.js';
import type { WebSocketConstructor } from '../live/web-socket.js';

/** Time that moves when `advance` says so, randomness from a seed, and a network that is handed in. */
export class ManualEnvironment implements Environment {
  private timers: { readonly at: number; readonly action: () => void }[] = [];
  private time = 1_700_000_000_000;
  /** Answers to `fetch`, in turn. */
  answers: (Response | Error)[] = [];
  /** What was fetched. */
  readonly calls: { readonly url: string; readonly request: RequestInit }[] = [];

  /** @param random what `random` gives. */
  constructor(
    private readonly socket: WebSocketConstructor | null = null,
    public random: () => number = () => 0,
  ) {}

  now(): number {
    return this.time;
  }

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.time + ms, action };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((each) => each !== timer);
    };
  }

  fetch(url: string, request: RequestInit): Promise<Response> {
    this.calls.push({ url, request });
    const answer = this.answers.shift() ?? new Error('nobody answers');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }

  webSocket(): Promise<WebSocketConstructor> {
    return this.socket === null ? Promise.reject(new Error('no socket here')) : Promise.resolve(this.socket);
  }

  /** Timers waiting. */
  get pending(): number {
    return this.timers.length;
  }

  /** Moves time on, firing what falls due, in order. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      const due = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== due);
      this.time = Math.max(this.time, due.at);
      due.action();
      await settled();
    }
    this.time = end;
  }
}

/** Resolves once every promise that is due has had its turn. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Numbers in [0, 1) from a seed (Park and Miller 1988). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
