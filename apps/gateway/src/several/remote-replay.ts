import { HOLDER_HEADER, abortableSleep } from '@hark/service';
import type { WriterHolder } from '@hark/streaming/adapters';
import type { SubscribePayload } from '@hark/contracts';
import type { Channel, ChannelSlice, ChannelSnapshot } from '../live/channel.js';
import { replayUrl, type ReplayMessages, type ReplayQuestion } from './replay-messages.js';

/** Who opened the writer last; null when nobody has. */
export type FindHolder = () => Promise<Pick<WriterHolder, 'owner' | 'address'> | null>;

const PAUSE_MS = 200;
/** Longer than the other takes where it has nothing to say. */
const ANSWER_MS = 15_000;
/** How often a message that there was is waited for, 10 s each time: a replay taken up again has to come to it. */
const AGAIN_TRIES = 6;
/** For so long the gateway that writes is looked for: another takes over within seconds. */
const PATIENCE_MS = 30_000;

/** Nobody has taken the replay up again. */
export class ReplayAwayError extends Error {
  readonly code = 'writer_away';
}

/**
 * The channel of a replay that runs at the gateway that writes, read from there: same messages, same offsets. When that
 * one is gone it goes on from the next, which runs the replay again to where it stood.
 */
export class RemoteReplay implements Channel {
  finished = false;
  readonly repeats = true;
  /** Offset behind what was read last. */
  private next = 0;
  /** Behind everything that was ever read: whoever takes the replay up comes to it again. */
  private reached = 0;

  constructor(
    readonly epoch: string,
    private readonly holder: FindHolder,
  ) {}

  async read(from: number, maxBytes: number): Promise<ChannelSlice> {
    let read: ChannelSlice = { entries: [], next: from, dropped: 0 };
    for (let tries = 0; tries < AGAIN_TRIES; tries++) {
      const isKnown = from < this.reached;
      const { slice } = await this.ask({ from, maxBytes, ...(isKnown && { wait: from }) });
      read = slice ?? read;
      if (read.next > from || !isKnown || this.finished) break;
    }
    this.next = read.next;
    this.reached = Math.max(this.reached, read.next);
    return read;
  }

  async end(): Promise<number> {
    return (await this.ask({})).end;
  }

  async snapshot(mode: SubscribePayload['mode']): Promise<ChannelSnapshot> {
    const { snapshot, end } = await this.ask({ snapshot: mode });
    return snapshot ?? { next: end, entries: [] };
  }

  async changed(signal: AbortSignal): Promise<void> {
    if (!signal.aborted) await this.ask({ wait: this.next }, signal).catch(() => undefined);
  }

  /** @throws ReplayAwayError */
  private async ask(question: ReplayQuestion, signal = NEVER): Promise<ReplayMessages> {
    for (const startedMs = performance.now(); performance.now() - startedMs < PATIENCE_MS;) {
      const holder = await this.holder();
      if (holder !== null && holder.address !== null) {
        try {
          const response = await fetch(replayUrl(holder.address, this.epoch, question), {
            headers: { [HOLDER_HEADER]: holder.owner },
            signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
          });
          if (response.status === 404) return this.heard({ finished: true, end: this.next });
          if (response.ok) return this.heard((await response.json()) as ReplayMessages);
        } catch {
          // Gone, or going.
        }
      }
      if (signal.aborted) break;
      await abortableSleep(PAUSE_MS, signal);
    }
    throw new ReplayAwayError('no gateway has taken the replay up again');
  }

  private heard(messages: ReplayMessages): ReplayMessages {
    this.finished = messages.finished;
    return messages;
  }
}

const NEVER = new AbortController().signal;
