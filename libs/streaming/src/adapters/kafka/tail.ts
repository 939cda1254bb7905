import { setTimeout as sleep } from 'node:timers/promises';
import { LogAwayError } from '../../log/log.js';
import type { Availability } from './availability.js';
import type { KafkaConnection, Place } from './kafka-connection.js';
import type { PartitionView } from './partition-view.js';

/** How long a broker holds a request that it has nothing for: what a newly watched partition waits at most. */
const WAIT_MS = 100;
const MAX_BYTES = 1 << 20;
const RETRY_MS = 100;

/** Brings what is committed to the partitions that somebody waits at the end of, and wakes whoever waits. */
export class Tail {
  private readonly views = new Set<PartitionView>();
  /** Brokers asked at this moment. */
  private readonly asking = new Map<string, Promise<void>>();
  private readonly waiting = new Set<() => void>();
  private failure: Error | null = null;
  private closed = false;
  private ordering = false;
  private soon: NodeJS.Timeout | null = null;

  /** @param connect makes a connection for one broker: its answers are waited for. */
  constructor(
    private readonly connect: () => KafkaConnection,
    private readonly availability: Availability,
  ) {}

  private readonly connections = new Map<string, KafkaConnection>();

  watch(view: PartitionView): void {
    this.views.add(view);
    void this.order();
  }

  /** See `LogReader.changed`. */
  changed(signal: AbortSignal): Promise<void> {
    if (this.failure !== null) return Promise.reject(this.failure);
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  wake(): void {
    for (const wake of [...this.waiting]) wake();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wake();
    for (const connection of this.connections.values()) await connection.close();
    await Promise.all(this.asking.values());
  }

  /** Asks each broker that leads a watched partition and is not being asked yet. */
  private async order(): Promise<void> {
    if (this.ordering) return;
    this.ordering = true;
    try {
      const byLeader = new Map<string, Place[]>();
      let own = false;
      for (const view of [...this.views]) {
        const kafkaOffset = view.tailOffset;
        if (kafkaOffset === null) {
          this.views.delete(view);
          continue;
        }
        if (view.isOwn) {
          own = true;
          continue;
        }
        const leader = await this.finder().leaderId(view.kafkaTopic, view.partition);
        const places = byLeader.get(leader) ?? [];
        places.push({ topic: view.kafkaTopic, partition: view.partition, kafkaOffset });
        byLeader.set(leader, places);
      }
      for (const [leader, places] of byLeader) {
        if (this.closed || this.asking.has(leader)) continue;
        const asked = this.ask(leader, places).finally(() => {
          this.asking.delete(leader);
          if (!this.closed && this.failure === null) void this.order();
        });
        this.asking.set(leader, asked);
      }
      if (own && this.asking.size === 0) this.orderSoon();
    } catch (error) {
      await this.pauseAfter(error);
      if (!this.closed && this.failure === null) setTimeout(() => void this.order(), 0).unref();
    } finally {
      this.ordering = false;
    }
  }

  /** Nobody is asked now: what this process writes alone is looked at again in a moment. */
  private orderSoon(): void {
    this.soon ??= setTimeout(() => {
      this.soon = null;
      if (!this.closed && this.failure === null) void this.order();
    }, WAIT_MS).unref();
  }

  private async ask(leader: string, places: readonly Place[]): Promise<void> {
    try {
      const answers = await this.connection(leader).fetch(places, MAX_BYTES, WAIT_MS);
      this.availability.found();
      let news = false;
      for (const fetched of answers)
        for (const view of this.views)
          if (view.kafkaTopic === fetched.topic && view.partition === fetched.partition)
            news = view.arrived(fetched) || news;
      if (news) this.wake();
    } catch (error) {
      await this.pauseAfter(error);
    }
  }

  private async pauseAfter(error: unknown): Promise<void> {
    if (this.closed) return;
    if (error instanceof LogAwayError) {
      this.availability.lost(error);
      await sleep(RETRY_MS);
    } else {
      // Whoever waits wakes, and its own read says what is wrong.
      this.failure = error as Error;
      this.wake();
    }
  }

  private connection(leader: string): KafkaConnection {
    let connection = this.connections.get(leader);
    if (connection === undefined) this.connections.set(leader, (connection = this.connect()));
    return connection;
  }

  /** The connection that finds leaders: none of those that wait. */
  private finder(): KafkaConnection {
    return this.connection('');
  }
}
