import { TOPICS } from '@hark/contracts';
import type { LogReader, LogRecord, StateReader, StateWriter } from '@hark/streaming';
import type { Prediction, SubscribePayload } from '@hark/contracts';
import type { ChannelEntry } from '../channel.js';
import { predictionEntry } from '../payloads.js';

interface Latest {
  /** Offset of the newest final prediction, −1 = none yet. */
  final: number;
  /** Offset of the newest of any revision. */
  any: number;
  /** Wall clock at which `any` was committed. */
  arrivedMs: number;
}

/**
 * Where each device's newest prediction stands in the log, and when it came: what a snapshot is made of, and what
 * tells a silent device. A fold of the topic `predictions`.
 */
export class LatestPredictions {
  /** By record key, the device heard of last being last. */
  private devices = new Map<string, Latest>();
  /** Keys of the devices that count as silent. */
  private readonly stale = new Set<string>();

  /** @param staleAfterMs wall clock after which a silent device's last prediction is stale. */
  constructor(
    private readonly log: LogReader,
    private readonly staleAfterMs: number,
  ) {}

  get size(): number {
    return this.devices.size;
  }

  take({ key, offset, timestamp }: LogRecord, final: boolean): void {
    const before = this.devices.get(key);
    this.devices.delete(key);
    this.stale.delete(key);
    this.devices.set(key, {
      final: final ? offset : (before?.final ?? -1),
      any: offset,
      arrivedMs: timestamp,
    });
  }

  /** When the next device falls silent, if nothing comes; null when none will. Wall clock, ms. */
  nextStaleAt(): number | null {
    for (const [key, { arrivedMs }] of this.devices)
      if (!this.stale.has(key)) return arrivedMs + this.staleAfterMs;
    return null;
  }

  /**
   * The devices that have fallen silent since the last call: their last prediction, with the state `stale`. Each
   * once, until it is heard of again.
   */
  fallenSilent(nowMs: number): ChannelEntry[] {
    const fallen: ChannelEntry[] = [];
    for (const [key, { any, arrivedMs }] of this.devices) {
      if (this.stale.has(key)) continue;
      if (arrivedMs + this.staleAfterMs > nowMs) break;
      this.stale.add(key);
      const entry = this.entryAt(any);
      if (entry !== null) fallen.push(staleEntry(entry));
    }
    return fallen;
  }

  /** Newest final prediction of each device (`append`), or newest revision (`update`), oldest first. */
  entries(mode: SubscribePayload['mode'], nowMs: number): ChannelEntry[] {
    const entries: ChannelEntry[] = [];
    for (const { final, any, arrivedMs } of this.devices.values()) {
      const entry = this.entryAt(mode === 'append' ? final : any);
      if (entry === null) continue;
      entries.push(arrivedMs + this.staleAfterMs <= nowMs ? staleEntry(entry) : entry);
    }
    return entries.sort((a, b) => a.offset - b.offset);
  }

  write(state: StateWriter): void {
    state.u32(this.devices.size);
    for (const [key, { final, any, arrivedMs }] of this.devices)
      state.string(key).f64(final).f64(any).f64(arrivedMs);
  }

  read(state: StateReader): void {
    this.devices = new Map();
    this.stale.clear();
    for (let left = state.u32(); left > 0; left--)
      this.devices.set(state.string(), { final: state.f64(), any: state.f64(), arrivedMs: state.f64() });
  }

  private entryAt(offset: number): ChannelEntry | null {
    const record = offset < 0 ? null : this.log.lookUp(TOPICS.predictions, 0, offset);
    return record === null ? null : predictionEntry(record);
  }
}

/** The same prediction, of a device that is silent since. Only `update` subscribers hear of it as it happens. */
function staleEntry(entry: ChannelEntry): ChannelEntry {
  const prediction = JSON.parse(entry.payload) as Prediction;
  const payload = JSON.stringify({ ...prediction, state: 'stale', reason: 'no_data' });
  return { ...entry, final: false, payload };
}
