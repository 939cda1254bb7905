import type { SubscribePayload } from '@hark/contracts';
import type { UserScope } from '@hark/service';

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
  /** What of it somebody may see who knows of these users only; null = nothing. Absent where it names one user. */
  readonly within?: (users: UserScope) => ChannelEntry | null;
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

/** The newest message of each device or user, and the offset from which the stream goes on behind them. */
export interface ChannelSnapshot {
  readonly next: number;
  /** Growing offsets, all before `next`. */
  readonly entries: readonly ChannelEntry[];
}

/** An ordered, re-readable sequence of messages. Offsets of one epoch mean nothing in another. */
export interface Channel {
  readonly epoch: string;
  /** True when nothing is added any more. */
  readonly finished?: boolean;
  /** True where the messages of an earlier process are being made again, the same under the same offsets. */
  readonly repeats?: boolean;
  read(from: number, maxBytes: number): Promise<ChannelSlice>;
  /** Offset that the next message will have. */
  end(): Promise<number>;
  /** Offset of the first record that is still kept; 0 where it is not given. */
  earliest?(): Promise<number>;
  /** Absent where there is nothing that one could begin with. */
  snapshot?(mode: SubscribePayload['mode']): Promise<ChannelSnapshot>;
  /** Resolves when something may have been added since the call, or when `signal` is aborted. May be spurious. */
  changed(signal: AbortSignal): Promise<void>;
}

/** Which entries of a channel a subscriber gets. */
export class ChannelFilter {
  readonly users: ReadonlySet<string> | null;
  readonly devices: ReadonlySet<string> | null;
  private readonly finalOnly: boolean;

  /** @param scope users that the subscriber may know of. */
  constructor(
    payload: Pick<SubscribePayload, 'users' | 'devices' | 'mode'>,
    private readonly scope: UserScope,
  ) {
    const users = scope.narrow(payload.users);
    this.users = users === undefined ? null : new Set(users);
    this.devices = payload.devices === undefined ? null : new Set(payload.devices);
    this.finalOnly = payload.mode === 'append';
  }

  /** The entry as the subscriber gets it, or null. */
  shown(entry: ChannelEntry): ChannelEntry | null {
    if (this.finalOnly && !entry.final) return null;
    const visible = this.scope.everybody || entry.within === undefined ? entry : entry.within(this.scope);
    if (visible === null) return null;
    return meets(this.users, visible.users) && meets(this.devices, visible.devices) ? visible : null;
  }
}

function meets(wanted: ReadonlySet<string> | null, concerned: readonly string[] | null): boolean {
  return wanted === null || concerned === null || concerned.some((each) => wanted.has(each));
}
