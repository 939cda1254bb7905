import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Context } from '../bench.js';
import type { Figure } from '../figure.js';
import { RunningApps } from '../apps/running-apps.js';
import { sumOf } from '../apps/cost-watch.js';
import { PlainSocket } from '../fan-out/plain-socket.js';
import { Child } from '../load/child.js';
import type { EchoReport, Way, WearReport } from '../load/orders.js';
import { percentile } from '../percentile.js';

/** What is measured before this has passed is the apps' warming up. */
const WARM_UP_MS = 4000;

/** Predictions that are still on their way when the devices have stopped are waited for so long; late is not lost. */
const PATIENCE_MS = 20_000;

/** A thousand devices that are worn, and how fair a device with a backlog is to them. */
export const live: Bench = {
  name: 'live',
  about: 'devices that are worn: from the request that closes a window to its prediction on a socket',
  run: async function* (context) {
    const reference = await echoed(context);
    yield {
      name: 'echo WebSocket server, there and back, p50',
      value: percentile(reference, 0.5),
      unit: 'ms',
    };
    yield {
      name: 'echo WebSocket server, there and back, p99',
      value: percentile(reference, 0.99),
      unit: 'ms',
    };
    const http = await worn(context, 'http', false);
    yield* figures(http, reference, `${http.devices} devices over HTTP`);
    const backlog = await worn(context, 'http', true);
    const p99 = percentile(http.latencies, 0.99);
    yield {
      name: 'p99 of the others beside a device with a backlog',
      value: percentile(backlog.latencies, 0.99),
      unit: 'ms',
      ratio: percentile(backlog.latencies, 0.99) / p99,
      reference: 'p99 without it',
      atMost: 1.5 * p99,
    };
    yield { name: 'rows of the backlog taken meanwhile', value: backlog.backlogRate, unit: 'rows/s' };
    const socket = await worn(context, 'socket', false);
    yield* figures(socket, reference, `${socket.devices} devices over WebSocket`);
  },
};

interface Worn {
  readonly devices: number;
  /** From the closing request to the early prediction, milliseconds. */
  readonly latencies: readonly number[];
  readonly ackMs: readonly number[];
  /** Share of the windows closed whose early prediction came. */
  readonly predicted: number;
  readonly behindMs: number;
  readonly backlogRate: number;
  readonly samplesPerSecond: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

function figures(run: Worn, reference: readonly number[], name: string): Figure[] {
  const { latencies, ackMs, cpuSeconds, peakMegabytes } = run;
  const against = (share: number): Partial<Figure> => ({
    ratio: percentile(latencies, share) / percentile(reference, share),
    reference: 'echo WebSocket server',
  });
  const early = `${name}, closing sample → prediction`;
  return [
    {
      ...{ name: `${early}, p50`, value: percentile(latencies, 0.5), unit: 'ms', atMost: 5, ...against(0.5) },
      ...{ cpuSeconds, peakMegabytes },
    },
    { name: `${early}, p99`, value: percentile(latencies, 0.99), unit: 'ms', atMost: 25, ...against(0.99) },
    { name: `${name}, acknowledged after, p99`, value: percentile(ackMs, 0.99), unit: 'ms' },
    { name: `${name}, samples`, value: run.samplesPerSecond, unit: '1/s' },
    {
      name: `${name}, closed windows with an early prediction`,
      value: 100 * run.predicted,
      unit: '%',
      atLeast: 99.9,
    },
    { name: `${name}, the load generator behind by at most`, value: run.behindMs, unit: 'ms' },
  ];
}

async function worn(context: Context, way: Way, backlog: boolean): Promise<Worn> {
  const devices = context.quick ? 200 : 1000;
  const seconds = context.quick ? 8 : 30;
  context.say(`${devices} devices over ${way}${backlog ? ', one with a backlog' : ''}`);
  const apps = await RunningApps.start(context.folder, {
    settings: {
      HARK_MAX_CONNECTIONS_PER_ADDRESS: String(devices + 1000),
      HARK_MAX_CONNECTIONS_PER_TOKEN: String(devices + 1000),
    },
  });
  const load = Child.start('./load-generator.js');
  const arrived = new Map<string, number>();
  let socket: PlainSocket | null = null;
  try {
    socket = await subscribe(apps.port('gateway'), (id) => {
      if (!arrived.has(id)) arrived.set(id, performance.timeOrigin + performance.now());
    });
    const watch = apps.watch();
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
      latencies,
      ackMs: report.ackMs,
      predicted: latencies.length / closed.length,
      behindMs: report.behindMs,
      backlogRate: report.backlogSamples / seconds,
      samplesPerSecond: report.samples / seconds,
      cpuSeconds: sumOf(cost.cpuSeconds),
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

/** The reference: as many messages a second as there are predictions, to a server that says them back. */
async function echoed(context: Context): Promise<readonly number[]> {
  const server = Child.start('./echo-server.js');
  const load = Child.start('./load-generator.js');
  try {
    const port = await server.ask<number>({});
    const order = { do: 'echo', port, sockets: 100, rate: 800, seconds: context.quick ? 3 : 10 };
    return (await load.ask<EchoReport>(order)).roundTripMs;
  } finally {
    load.stop();
    server.stop();
  }
}
