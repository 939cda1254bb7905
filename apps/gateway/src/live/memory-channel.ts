import type { Channel, ChannelEntry, ChannelSlice, ChannelSnapshot } from './channel.js';
import type { SubscribePayload } from '@hark/contracts';

/** A channel kept in memory: the newest `capacity` messages, numbered from 0. */
export class MemoryChannel implements Channel {
  private kept: ChannelEntry[] = [];
  /** True when nothing is added any more. */
  finished = false;
  private readonly waiting = new Set<() => void>();

  /**
   * @param first offset of the first message that is kept.
   * @param repeats as {@link Channel.repeats}.
   */
  constructor(
    readonly epoch: string,
    private readonly capacity: number,
    private first = 0,
    readonly repeats = false,
  ) {}

  /** Offset that the next message will have. */
  get next(): number {
    return this.first + this.kept.length;
  }

  append(entry: Omit<ChannelEntry, 'offset'>): void {
    this.kept.push({ ...entry, offset: this.first + this.kept.length });
    // Cut in large pieces: cutting one by one would move the whole array each time.
    const surplus = this.kept.length - this.capacity;
    if (surplus > this.capacity / 8) {
      this.kept = this.kept.slice(surplus);
      this.first += surplus;
    }
    this.wakeAll();
  }

  /** To be called when nothing is added any more. */
  finish(): void {
    this.finished = true;
    this.wakeAll();
  }

  read(from: number, maxBytes: number): Promise<ChannelSlice> {
    const start = Math.max(from, this.first);
    const entries: ChannelEntry[] = [];
    let bytes = 0;
    for (
      let i = start - this.first;
      i < this.kept.length && (bytes < maxBytes || entries.length === 0);
      i++
    ) {
      entries.push(this.kept[i]);
      bytes += this.kept[i].payload.length;
    }
    return Promise.resolve({ entries, next: start + entries.length, dropped: start - from });
  }

  end(): Promise<number> {
    return Promise.resolve(this.next);
  }

  /** The newest of each device that is still kept, and of those that concern everybody. */
  snapshot(mode: SubscribePayload['mode']): Promise<ChannelSnapshot> {
    const newest = new Map<string, ChannelEntry>();
    for (const entry of this.kept) {
      if (mode === 'append' && !entry.final) continue;
      const key = JSON.stringify([entry.users, entry.devices]);
      newest.delete(key);
      newest.set(key, entry);
    }
    return Promise.resolve({ next: this.first + this.kept.length, entries: [...newest.values()] });
  }

  changed(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  private wakeAll(): void {
    for (const wake of [...this.waiting]) wake();
  }
}
