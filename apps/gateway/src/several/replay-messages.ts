import type { Channel, ChannelSlice, ChannelSnapshot } from '../live/channel.js';

/** What a gateway asks of a replay that runs at another. */
export interface ReplayQuestion {
  /** Messages from this offset on; absent = none. */
  readonly from?: number;
  readonly maxBytes?: number;
  /** Wait until there is something from this offset on. */
  readonly wait?: number;
  /** The newest of each device. */
  readonly snapshot?: 'append' | 'update';
}

/** What the gateway at which it runs answers. */
export interface ReplayMessages {
  readonly finished: boolean;
  /** Offset that the next message will have. */
  readonly end: number;
  readonly slice?: ChannelSlice;
  readonly snapshot?: ChannelSnapshot;
}

export const REPLAYS_PATH = '/v1/gateways/replays';

export function replayUrl(address: string, id: string, question: ReplayQuestion): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(question)) query.set(name, String(value));
  return `http://${address}${REPLAYS_PATH}/${encodeURIComponent(id)}?${query.toString()}`;
}

/** The replay and the question that a request line names; null where it is another one's. */
export function askedOf(url: string): { readonly id: string; readonly question: ReplayQuestion } | null {
  const [path, query = ''] = url.split('?', 2);
  if (!path.startsWith(`${REPLAYS_PATH}/`)) return null;
  const parameters = new URLSearchParams(query);
  const number = (name: string) => {
    const value = Number(parameters.get(name) ?? NaN);
    return Number.isSafeInteger(value) && value >= 0 ? { [name]: value } : {};
  };
  const snapshot = parameters.get('snapshot');
  return {
    id: path.slice(REPLAYS_PATH.length + 1),
    question: {
      ...{ ...number('from'), ...number('maxBytes'), ...number('wait') },
      ...((snapshot === 'append' || snapshot === 'update') && { snapshot }),
    },
  };
}

/** Answers a question; where it is to wait, until there is something or `signal` is aborted. */
export async function answerOf(
  channel: Channel,
  { from, maxBytes = 65_536, wait, snapshot }: ReplayQuestion,
  signal: AbortSignal,
): Promise<ReplayMessages> {
  if (wait !== undefined) {
    while (!signal.aborted) {
      const change = channel.changed(signal);
      if ((await channel.end()) > wait || channel.finished === true) break;
      await change;
    }
  }
  // Looked at first: what was added last was added before the end.
  const finished = channel.finished === true;
  const slice = from === undefined ? undefined : await channel.read(from, Math.min(maxBytes, 1 << 20));
  const newest = snapshot === undefined ? undefined : await channel.snapshot?.(snapshot);
  return {
    ...{ finished, end: await channel.end() },
    ...(slice !== undefined && { slice }),
    ...(newest !== undefined && { snapshot: newest }),
  };
}
