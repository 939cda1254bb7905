import type { Channel, ChannelEntry, ChannelSlice } from './channel.js';

/** A channel kept in memory: the newest `capacity` messages, numbered from 0. */
export class MemoryChannel implements Channel {
  private kept: ChannelEntry[] = [];
  /** Offset of `kept[0]`. */
  private first = 0;
  /** True when nothing is added any more. */
  finished = false;
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly epoch: string,
    private readonly capacity: number,
  ) {}

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
    return Promise.resolve(this.first + this.kept.length);
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
