import { sumOf } from '../apps/cost-watch.js';
import type { Bench, Context } from '../bench.js';
import type { Figure } from '../figure.js';
import { Child } from '../load/child.js';
import type { EchoReport } from '../load/orders.js';
import { percentile } from '../percentile.js';
import { wear, WINDOW_CLOSES, type Worn } from '../worn-devices.js';

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
    const http = await wear(context, 'http');
    yield* figures(http, reference, `${http.devices} devices over HTTP`);
    const backlog = await wear(context, 'http', { backlog: true });
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
    const socket = await wear(context, 'socket');
    yield* figures(socket, reference, `${socket.devices} devices over WebSocket`);
  },
};

function figures(run: Worn, reference: readonly number[], name: string): Figure[] {
  const { latencies, ackMs, cpuSeconds, peakMegabytes } = run;
  const against = (share: number): Partial<Figure> => ({
    ratio: percentile(latencies, share) / percentile(reference, share),
    reference: 'echo WebSocket server',
  });
  const early = `${name}, ${WINDOW_CLOSES}`;
  return [
    {
      ...{ name: `${early}, p50`, value: percentile(latencies, 0.5), unit: 'ms', atMost: 5, ...against(0.5) },
      ...{ cpuSeconds: sumOf(cpuSeconds), peakMegabytes },
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
