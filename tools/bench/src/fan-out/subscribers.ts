import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlainSocket } from './plain-socket.js';
import { deviceOf } from './stored-records.js';

/**
 * The subscribers' own process: sockets to the gateway, each subscribed to the predictions of one device and to the
 * alerts. Told what to do by its parent's messages, and answers each with one.
 */
export type Order =
  | { readonly do: 'open'; readonly port: number; readonly subscribers: number; readonly path: string }
  /** Begins to count anew. */
  | { readonly do: 'reset' }
  | { readonly do: 'report' }
  /** Opens readers of all predictions that stop reading once they are subscribed, and one that floods pings. */
  | { readonly do: 'stall'; readonly port: number; readonly readers: number }
  /** Lets them read, resume after their close, and get to this offset. */
  | { readonly do: 'resume'; readonly port: number; readonly end: number }
  | { readonly do: 'end' };

export interface Report {
  readonly predictions: number;
  /** Milliseconds from the writing to the socket. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** For each alert so far: how many have it, and when the last got it, milliseconds after its writing. */
  readonly alerts: readonly { readonly received: number; readonly lastMs: number }[];
  readonly closed: number;
}

/** What became of the readers that stalled. */
export interface Resumed {
  readonly readers: number;
  /** Of these, how many then read on to the end. */
  readonly resumed: number;
  /** How many were closed with 4108. */
  readonly tooSlow: number;
  /** How many missed or repeated an offset. */
  readonly wrong: number;
}

const now = (): number => performance.timeOrigin + performance.now();
const WRITTEN = Buffer.from('"receivedMs":');
const NEXT = Buffer.from('{"type":"next","id":"');
const SUBSCRIBED = Buffer.from('{"type":"subscribed"');

let latencies = new Float64Array(1 << 20);
let received = 0;
let closed = 0;
const alerts = new Map<number, { received: number; lastMs: number }>();
const sockets: PlainSocket[] = [];

function take(frame: Buffer): void {
  if (!frame.subarray(0, NEXT.length).equals(NEXT)) return;
  const at = frame.lastIndexOf(WRITTEN);
  if (at < 0) return;
  const written = Number.parseFloat(frame.toString('latin1', at + WRITTEN.length, at + WRITTEN.length + 20));
  const latency = now() - written;
  if (frame[NEXT.length] === 0x61) {
    const alert = alerts.get(written) ?? { received: 0, lastMs: 0 };
    alert.received++;
    alert.lastMs = Math.max(alert.lastMs, latency);
    alerts.set(written, alert);
    return;
  }
  if (received === latencies.length) {
    const grown = new Float64Array(received * 2);
    grown.set(latencies);
    latencies = grown;
  }
  latencies[received++] = latency;
}

async function openAll(port: number, count: number, path: string): Promise<void> {
  let subscribed = 0;
  for (let first = 0; first < count; first += 100) {
    const opening = Array.from({ length: Math.min(100, count - first) }, async (_, i) => {
      const { user, device } = deviceOf(first + i);
      const listener = {
        text: (frame: Buffer) => {
          if (frame.subarray(0, SUBSCRIBED.length).equals(SUBSCRIBED)) subscribed++;
          else take(frame);
        },
        closed: () => void closed++,
      };
      const socket = await PlainSocket.open(port, path, listener);
      sockets.push(socket);
      socket.say({ type: 'connection_init' });
      socket.say({
        type: 'subscribe',
        id: 'p',
        payload: { channel: 'predictions', users: [user], devices: [device] },
      });
      socket.say({ type: 'subscribe', id: 'a', payload: { channel: 'alerts' } });
    });
    await Promise.all(opening);
  }
  while (subscribed < 2 * count) await sleep(10);
}

function report(): Report {
  const sorted = latencies.slice(0, received).sort();
  const at = (share: number): number => sorted[Math.min(received - 1, Math.floor(share * received))] ?? NaN;
  return {
    predictions: received,
    p50: at(0.5),
    p99: at(0.99),
    max: sorted[received - 1] ?? NaN,
    alerts: [...alerts.values()],
    closed,
  };
}

/** A reader of everything: which offsets it got, in order. */
class StallingReader {
  private next = -1;
  private cursor: { epoch: string; offset: number } | null = null;
  private socket: PlainSocket | null = null;
  code = 0;
  wrong = false;

  async open(port: number, stall: boolean): Promise<void> {
    const since = this.cursor ?? 'latest';
    const socket = await PlainSocket.open(port, '/v1/live', {
      text: (frame) => {
        // The head of the message says it all; the payload is not parsed.
        const head = /^\{"type":"(next|subscribed)","id":"s","epoch":"([^"]*)","offset":(\d+)/.exec(
          frame.toString('latin1', 0, 200),
        );
        if (head === null) return;
        const [, type, epoch, digits] = head;
        const offset = Number(digits);
        if (type === 'next' && offset !== this.next) this.wrong = true;
        this.next = offset + 1;
        this.cursor = { epoch, offset };
        if (type === 'subscribed' && stall) socket.pause();
      },
      closed: (code) => (this.code = code),
    });
    this.socket = socket;
    socket.say({ type: 'connection_init' });
    socket.say({ type: 'subscribe', id: 's', payload: { channel: 'predictions', since } });
  }

  /** Reads what is left. */
  async readOut(): Promise<void> {
    this.socket?.resume();
    while (this.code === 0) await sleep(10);
  }

  /** Connects again, and reads up to the offset. */
  async goOn(port: number, end: number): Promise<void> {
    await this.open(port, false);
    while (this.next < end && !this.wrong) await sleep(10);
    this.socket?.cut();
  }
}

/** So many of the stalled readers read on to the end afterwards. */
const RESUMED = 5;

let stalled: StallingReader[] = [];

async function stall(port: number, readers: number): Promise<void> {
  stalled = Array.from({ length: readers }, () => new StallingReader());
  for (const reader of stalled) await reader.open(port, true);
  void flood(port);
}

/** As many pings as go out, without reading, over and over. */
async function flood(port: number): Promise<void> {
  let over = false;
  const socket = await PlainSocket.open(port, '/v1/live', {
    text: () => undefined,
    closed: () => (over = true),
  });
  socket.say({ type: 'connection_init' });
  socket.pause();
  for (let i = 0; i < 200 && !over; i++) {
    for (let j = 0; j < 500; j++) socket.ping();
    await sleep(5);
  }
  socket.cut();
}

async function resume(port: number, end: number): Promise<Resumed> {
  await Promise.all(stalled.map((reader) => reader.readOut()));
  const tooSlow = stalled.filter(({ code }) => code === 4108).length;
  const resumed = stalled.slice(0, RESUMED);
  await Promise.all(resumed.map((reader) => reader.goOn(port, end)));
  return {
    readers: stalled.length,
    resumed: resumed.length,
    tooSlow,
    wrong: stalled.filter(({ wrong }) => wrong).length,
  };
}

async function obey(order: Order): Promise<unknown> {
  switch (order.do) {
    case 'open':
      return openAll(order.port, order.subscribers, order.path);
    case 'reset':
      received = 0;
      alerts.clear();
      return null;
    case 'report':
      return report();
    case 'stall':
      return stall(order.port, order.readers);
    case 'resume':
      return resume(order.port, order.end);
    case 'end':
      for (const socket of sockets) socket.cut();
      return null;
  }
}

process.on('message', (order: Order) => {
  obey(order).then(
    (answer) => process.send?.({ answer: answer ?? null }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
