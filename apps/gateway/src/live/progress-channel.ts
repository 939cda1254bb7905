import { TOPICS, type AppProgress, type Progress, type SubscribePayload } from '@hark/contracts';
import type { LogReader } from '@hark/streaming';
import type { Clock } from '../clock.js';
import type { Channel, ChannelSlice, ChannelSnapshot } from './channel.js';
import { MemoryChannel } from './memory-channel.js';
import { RunnerPosition } from './runner-position.js';

/** Wall clock between two messages. */
const PERIOD_MS = 1000;
/** Messages kept for who resumes. */
const KEPT = 600;

/** What the gateway knows of itself. */
export interface GatewayCounters {
  /** Messages sent to subscribers since the start. */
  messages(): number;
  subscriptions(): number;
  /** Records that wait for the gateway's indexes. */
  lag(): Promise<number>;
}

/** Counted so far, to tell rates from. */
interface Counts {
  readonly atMs: number;
  readonly topics: ReadonlyMap<string, number>;
  readonly messages: number;
}

/**
 * The channel `progress`: how fast records come and how many wait, looked up once a second while somebody is
 * subscribed. Its messages are the process's own: their epoch ends with it.
 */
export class ProgressChannel implements Channel {
  private readonly kept: MemoryChannel;
  private readonly windower: RunnerPosition;
  private readonly learner: RunnerPosition;
  private before: Counts | null = null;

  constructor(
    private readonly log: LogReader & { readonly epoch: string },
    private readonly clock: Clock,
    private readonly counters: GatewayCounters,
  ) {
    this.kept = new MemoryChannel(`${log.epoch}-${clock.now().toString(36)}`, KEPT);
    this.windower = new RunnerPosition(log, 'ingest', 'windower', TOPICS.samples);
    this.learner = new RunnerPosition(log, 'learner', 'learner', TOPICS.windows);
  }

  get epoch(): string {
    return this.kept.epoch;
  }

  read(from: number, maxBytes: number): Promise<ChannelSlice> {
    return this.kept.read(from, maxBytes);
  }

  end(): Promise<number> {
    return this.kept.end();
  }

  snapshot(mode: SubscribePayload['mode']): Promise<ChannelSnapshot> {
    return this.kept.snapshot(mode);
  }

  /** Looks again a second after the call; its one feed waits for that. */
  async changed(signal: AbortSignal): Promise<void> {
    this.before ??= await this.count();
    await new Promise<void>((resolve) => {
      const cancel = this.clock.after(PERIOD_MS, () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      const stop = (): void => {
        cancel();
        resolve();
      };
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
    if (signal.aborted) return;
    const payload = JSON.stringify(await this.look());
    this.kept.append({ users: null, devices: null, final: true, payload });
  }

  private async look(): Promise<Progress> {
    const now = await this.count();
    const before = this.before ?? now;
    this.before = now;
    const seconds = Math.max(0.001, (now.atMs - before.atMs) / 1000);
    const rate = (after: number, earlier: number): number => Math.max(0, (after - earlier) / seconds);
    const topics: Record<string, { records: number; perSecond: number }> = {};
    for (const [topic, records] of now.topics)
      topics[topic] = { records, perSecond: rate(records, before.topics.get(topic) ?? records) };
    const waiting = async (position: RunnerPosition, topic: string): Promise<number | null> => {
      const next = await position.next();
      return next === null ? null : Math.max(0, topics[topic].records - next);
    };
    const app = (name: AppProgress['app'], topic: string, lagRecords: number | null): AppProgress => ({
      app: name,
      recordsPerSecond: topics[topic].perSecond,
      lagRecords,
    });
    return {
      kind: 'progress',
      at: new Date(now.atMs).toISOString(),
      apps: [
        app('ingest', TOPICS.samples, await waiting(this.windower, TOPICS.samples)),
        app('learner', TOPICS.predictions, await waiting(this.learner, TOPICS.windows)),
        app('gateway', TOPICS.predictions, await this.counters.lag()),
      ],
      topics,
      live: {
        messagesPerSecond: rate(now.messages, before.messages),
        subscriptions: this.counters.subscriptions(),
      },
    };
  }

  private async count(): Promise<Counts> {
    const topics = new Map<string, number>();
    for (const topic of Object.values(TOPICS)) topics.set(topic, await this.log.end(topic, 0));
    return { atMs: this.clock.now(), topics, messages: this.counters.messages() };
  }
}
