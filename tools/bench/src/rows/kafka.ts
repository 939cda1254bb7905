import { KafkaProcess, NoKafkaError } from '../apps/kafka-process.js';
import { sumOf } from '../apps/cost-watch.js';
import { rowRate, type Bench, type Context } from '../bench.js';
import type { Figure } from '../figure.js';
import { importToPredicted, type ImportRun } from '../import-to-predicted.js';
import type { Way } from '../load/orders.js';
import { median, percentile } from '../percentile.js';
import { wear, WINDOW_CLOSES } from '../worn-devices.js';

/** The import and the live devices once more, the log in Kafka, its broker on the same machine and part of the cost. */
export const kafka: Bench = {
  name: 'kafka',
  about: 'import and live devices with the log in Kafka, a broker beside the apps; needs Java and Maven',
  run: async function* (context) {
    let broker: KafkaProcess;
    try {
      context.say('starting a broker');
      broker = await KafkaProcess.start();
    } catch (error) {
      if (!(error instanceof NoKafkaError)) throw error;
      context.say(`NOTHING OF KAFKA IS MEASURED: ${error.message}`);
      return;
    }
    try {
      yield* await imported(context, broker);
      for (const way of ['http', 'socket'] as const) yield* await lived(context, broker, way);
    } finally {
      await broker.stop();
    }
  },
};

let logs = 0;

/** A new log at the broker. */
function onKafka({ address, pid }: KafkaProcess) {
  return {
    settings: { HARK_KAFKA_BROKERS: address, HARK_KAFKA_PREFIX: `bench-${++logs}.` },
    others: new Map([['broker', pid]]),
  };
}

async function imported(context: Context, broker: KafkaProcess): Promise<Figure[]> {
  const runs: ImportRun[] = [];
  // In the first of them the broker becomes fast.
  const rounds = context.quick ? 2 : 4;
  for (let round = 1; round <= rounds; round++) {
    context.say(`import over Kafka, round ${round} of ${rounds}`);
    runs.push(await importToPredicted(context.csv(), context.folder, onKafka(broker)));
  }
  const rate = median(runs.slice(1).map(({ rowsPerSecond }) => rowsPerSecond));
  const { rows, cost } = runs.find(({ rowsPerSecond }) => rowsPerSecond === rate) ?? runs[1];
  const name = 'import → predicted over Kafka';
  return [
    rowRate(context, name, rate, { atLeast: 250_000, cpuSeconds: sumOf(cost.cpuSeconds) }),
    ...costs(name, cost.cpuSeconds, rows),
  ];
}

function costs(name: string, cpuSeconds: Readonly<Record<string, number>>, rows: number): Figure[] {
  return Object.entries(cpuSeconds).map(([process, seconds]) => ({
    name: `${name}: CPU of ${process}`,
    value: seconds / (rows / 1e6),
    unit: 's/million',
  }));
}

async function lived(context: Context, broker: KafkaProcess, way: Way): Promise<Figure[]> {
  const run = await wear(context, way, onKafka(broker));
  const name = `${run.devices} devices over ${way === 'http' ? 'HTTP' : 'WebSocket'} and Kafka`;
  const figure = (share: number, atMost: number): Figure => ({
    name: `${name}, ${WINDOW_CLOSES}, p${100 * share}`,
    value: percentile(run.latencies, share),
    unit: 'ms',
    atMost,
  });
  return [
    { ...figure(0.5, 40), cpuSeconds: sumOf(run.cpuSeconds) },
    figure(0.99, 150),
    { name: `${name}, acknowledged after, p99`, value: percentile(run.ackMs, 0.99), unit: 'ms' },
    { name: `${name}, samples`, value: run.samplesPerSecond, unit: '1/s' },
    ...costs(name, run.cpuSeconds, run.samplesPerSecond * run.seconds),
    {
      name: `${name}, closed windows with an early prediction`,
      value: 100 * run.predicted,
      unit: '%',
      atLeast: 99.9,
    },
    { name: `${name}, the load generator behind by at most`, value: run.behindMs, unit: 'ms' },
  ];
}
