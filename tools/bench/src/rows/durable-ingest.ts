import type { Bench, Context } from '../bench.js';
import type { Figure } from '../figure.js';
import { RunningApps } from '../apps/running-apps.js';
import { sumOf } from '../apps/cost-watch.js';
import { Child } from '../load/child.js';
import type { FloodReport, Way } from '../load/orders.js';
import { percentile } from '../percentile.js';

const CONNECTIONS = 64;
const ROWS_OF_BATCH = 50;

/** Rows that are on disk when they are acknowledged, in batches as small as phones send. */
export const durableIngest: Bench = {
  name: 'ingest',
  about: `durable ingest in ${ROWS_OF_BATCH}-sample batches over HTTP and WebSocket, beside a bare HTTP server`,
  run: async function* (context) {
    const reference = rateOf(await sunk(context));
    yield { name: 'bare HTTP server that drops the same batches', value: reference, unit: 'samples/s' };
    yield* await flooded(context, 'http', 100_000, reference);
    yield* await flooded(context, 'socket', 250_000, reference);
  },
};

async function flooded(context: Context, way: Way, atLeast: number, reference: number): Promise<Figure[]> {
  context.say(`durable ingest over ${way}`);
  const apps = await RunningApps.start(context.folder);
  const load = Child.start('./load-generator.js');
  try {
    const watch = apps.watch();
    const report = await load.ask<FloodReport>(orderOf(context, way, apps.port('ingest')));
    const cost = watch.end();
    const name = `durable ingest over ${way === 'http' ? 'HTTP' : 'WebSocket'}`;
    return [
      {
        ...{ name, value: rateOf(report), unit: 'samples/s', atLeast },
        ...{ ratio: rateOf(report) / reference, reference: 'bare HTTP server' },
        ...{ cpuSeconds: sumOf(cost.cpuSeconds), peakMegabytes: cost.peakMegabytes },
      },
      { name: `${name}, acknowledged after, p50`, value: percentile(report.ackMs, 0.5), unit: 'ms' },
      {
        name: `${name}, acknowledged after, p99`,
        value: percentile(report.ackMs, 0.99),
        unit: 'ms',
        atMost: 50,
      },
    ];
  } finally {
    load.stop();
    await apps.stop();
  }
}

async function sunk(context: Context): Promise<FloodReport> {
  const server = Child.start('./sink-server.js');
  const load = Child.start('./load-generator.js');
  try {
    return await load.ask<FloodReport>(orderOf(context, 'http', await server.ask<number>({})));
  } finally {
    load.stop();
    server.stop();
  }
}

function orderOf({ quick }: Context, way: Way, port: number) {
  return {
    do: 'flood',
    port,
    way,
    connections: CONNECTIONS,
    rowsOfBatch: ROWS_OF_BATCH,
    seconds: quick ? 4 : 15,
  };
}

function rateOf({ samples, seconds }: FloodReport): number {
  return samples / seconds;
}
