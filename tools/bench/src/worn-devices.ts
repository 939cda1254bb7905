import { setTimeout as sleep } from 'node:timers/promises';
import { RunningApps } from './apps/running-apps.js';
import type { Context } from './bench.js';
import { PlainSocket } from './fan-out/plain-socket.js';
import { Child } from './load/child.js';
import type { Way, WearReport } from './load/orders.js';

/** What a latency of {@link Worn} spans. */
export const WINDOW_CLOSES = 'closing sample → prediction';

/** What is measured before this has passed is the apps' warming up. */
const WARM_UP_MS = 4000;

/** Predictions that are still on their way when the devices have stopped are waited for so long; late is not lost. */
const PATIENCE_MS = 20_000;

/** What devices that were worn for a while have seen. */
export interface Worn {
  readonly devices: number;
  /** How long they were worn. */
  readonly seconds: number;
  /** From the closing request to the early prediction, milliseconds. */
  readonly latencies: readonly number[];
  readonly ackMs: readonly number[];
  /** Share of the windows closed whose early prediction came. */
  readonly predicted: number;
  readonly behindMs: number;
  readonly backlogRate: number;
  readonly samplesPerSecond: number;
  /** By the name of the process. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  readonly peakMegabytes: number;
}

export interface WearOptions {
  /** One device sends what it has stored for long besides. */
  readonly backlog?: boolean;
  /** Environment variables of the apps. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Processes that are part of the cost, by name. */
  readonly others?: ReadonlyMap<string, number>;
}

/** Devices that send as they do on people, on apps of their own, and a listener to all predictions. */
export async function wear(
  context: Context,
  way: Way,
  { backlog = false, settings = {}, others = new Map() }: WearOptions = {},
): Promise<Worn> {
  const devices = context.quick ? 200 : 1000;
  const seconds = context.quick ? 8 : 30;
  context.say(`${devices} devices over ${way}${backlog ? ', one with a backlog' : ''}`);
  const apps = await RunningApps.start(context.folder, {
    settings: {
      HARK_MAX_CONNECTIONS_PER_ADDRESS: String(devices + 1000),
      HARK_MAX_CONNECTIONS_PER_TOKEN: String(devices + 1000),
      ...settings,
    },
  });
  const load = Child.start('./load-generator.js');
  const arrived = new Map<string, number>();
  let socket: PlainSocket | null = null;
  try {
    socket = await subscribe(apps.port('gateway'), (id) => {
      if (!arrived.has(id)) arrived.set(id, performance.timeOrigin + performance.now());
    });
    const watch = apps.watch(others);
    const report = await load.ask<WearReport>({
      ...{ do: 'wear', port: apps.port('ingest'), way, devices, seconds, backlog },
    });
    const cost = watch.end();
    const from = Math.min(...report.closed.map(([, sentMs]) => sentMs)) + WARM_UP_MS;
    const closed = report.closed.filter(([, sentMs]) => sentMs >= from);
    const given = performance.now() + PATIENCE_MS;
    while (performance.now() < given && !closed.every(([id]) => arrived.has(id))) await sleep(100);
    const latencies = closed.flatMap(([id, sentMs]) => {
      const arrivedMs = arrived.get(id);
      return arrivedMs === undefined ? [] : [arrivedMs - sentMs];
    });
    return {
      devices,
      seconds,
      latencies,
      ackMs: report.ackMs,
      predicted: latencies.length / closed.length,
      behindMs: report.behindMs,
      backlogRate: report.backlogSamples / seconds,
      samplesPerSecond: report.samples / seconds,
      cpuSeconds: cost.cpuSeconds,
      peakMegabytes: cost.peakMegabytes,
    };
  } finally {
    socket?.cut();
    load.stop();
    await apps.stop();
  }
}

/** Hears of every prediction, the early ones too. */
async function subscribe(port: number, onPrediction: (id: string) => void): Promise<PlainSocket> {
  let begun = (): void => {};
  const subscribed = new Promise<void>((resolve) => (begun = resolve));
  const socket = await PlainSocket.open(port, '/v1/live', {
    text: (frame) => {
      const { type, payload } = JSON.parse(frame.toString('utf8')) as {
        type: string;
        payload?: { kind?: string; id?: string };
      };
      if (type === 'subscribed') begun();
      else if (type === 'next' && payload?.id !== undefined) onPrediction(payload.id);
    },
    closed: () => undefined,
  });
  socket.say({ type: 'connection_init' });
  socket.say({ type: 'subscribe', id: 'p', payload: { channel: 'predictions', mode: 'update' } });
  await subscribed;
  return socket;
}
