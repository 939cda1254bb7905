import type { SubscribePayload } from '@hark/contracts';

/** One message of a channel: its payload serialised once, and what filters ask of it. */
export interface ChannelEntry {
  readonly offset: number;
  /** Whom it concerns; null = everybody. */
  readonly users: readonly string[] | null;
  readonly devices: readonly string[] | null;
  /** False for a revision that a later one may replace: `append` subscribers don't get it. */
  readonly final: boolean;
  /** JSON. */
  readonly payload: string;
}

/** A part of a channel: its entries in order, and the offset from which the next read goes on. */
export interface ChannelSlice {
  /** Offsets from the one asked for on, growing; records that carry no message leave holes. */
  readonly entries: readonly ChannelEntry[];
  /** Equal to the offset asked for = nothing there yet. */
  readonly next: number;
  /** Entries that are kept no longer and were skipped. */
  readonly dropped: number;
}

/** An ordered, re-readable sequence of messages. Offsets of one epoch mean nothing in another. */
export interface Channel {
  readonly epoch: string;
  /** True when nothing is added any more. */
  readonly finished?: boolean;
  read(from: number, maxBytes: number): Promise<ChannelSlice>;
  /** Offset that the next message will have. */
  end(): Promise<number>;
  /** Resolves when something may have been added since the call, or when `signal` is aborted. May be spurious. */
  changed(signal: AbortSignal): Promise<void>;
}

/** Which entries of a channel a subscriber gets. */
export class ChannelFilter {
  readonly users: ReadonlySet<string> | null;
  readonly devices: ReadonlySet<string> | null;
  private readonly finalOnly: boolean;

  constructor(payload: Pick<SubscribePayload, 'users' | 'devices' | 'mode'>) {
    this.users = payload.users === undefined ? null : new Set(payload.users);
    this.devices = payload.devices === undefined ? null : new Set(payload.devices);
    this.finalOnly = payload.mode === 'append';
  }

  matches(entry: ChannelEntry): boolean {
    if (this.finalOnly && !entry.final) return false;
    return meets(this.users, entry.users) && meets(this.devices, entry.devices);
  }
}

function meets(wanted: ReadonlySet<string> | null, concerned: readonly string[] | null): boolean {
  return wanted === null || concerned === null || concerned.some((each) => wanted.has(each));
}
