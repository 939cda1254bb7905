import { performance } from 'node:perf_hooks';
import { SampleBatchBuilder, encodeSamplesRecord, type QuerySpec, type SampleBatch } from '@hark/contracts';
import { Simulation } from '@hark/simulator';
import { StreamingQuery, compileQuery, samplesRows } from '@hark/streaming/queries';
import type { Figure } from './figure.js';

const BATCH_ROWS = 8192;
const REFERENCE = 'bare loop that counts by window and stream';
const WATERMARK = { withWatermark: { column: 'event_time', delay: '30 minutes' } };
const AXES = ['x', 'y', 'z'].map((column) => ({ fn: 'avg', column }));

/** Queries that are built in, and what one core is asked for. */
const QUERIES: readonly { readonly name: string; readonly spec: QuerySpec; readonly atLeast?: number }[] = [
  {
    name: '10-minute count by user',
    atLeast: 1_500_000,
    spec: {
      from: 'samples',
      ...WATERMARK,
      groupBy: { window: { size: '10 minutes' }, columns: ['User'] },
      outputMode: 'update',
    },
  },
  {
    name: 'cube of activity and model, three averages',
    atLeast: 1_000_000,
    spec: { from: 'samples', groupBy: { cube: ['gt', 'Model'] }, aggregate: AXES, outputMode: 'complete' },
  },
  {
    name: 'selection of stairs',
    spec: {
      from: 'samples',
      where: [{ column: 'gt', op: 'like', value: '%stairs%' }],
      select: ['gt', 'Model', 'Arrival_Time', 'Creation_Time'],
    },
  },
  {
    name: 'duplicates dropped by user and time',
    spec: {
      from: 'samples',
      withWatermark: { column: 'event_time', delay: '5 seconds' },
      dropDuplicates: ['User', 'event_time'],
      groupBy: { columns: ['User'] },
      outputMode: 'complete',
    },
  },
];

/**
 * Rows/s of queries on one core: each from records of the log to its result, decoding included, and all of them
 * together over records that are decoded once. The best of so many rounds.
 */
export function queryRates(rows: number, rounds: number): Figure[] {
  const batches = simulatedBatches(rows);
  const total = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const records = batches.map((batch) => ({ value: encodeSamplesRecord({ batch, receivedMs: 0 }) }));
  const bare = total / best(rounds, () => countBare(batches));
  const catalog = { sources: { samples: samplesRows }, statics: {} };
  const seconds = (specs: readonly QuerySpec[]) =>
    best(rounds, () => {
      const queries = specs.map((spec) => new StreamingQuery(compileQuery(spec, catalog)));
      for (const record of records) {
        const decoded = samplesRows.rows(record)!;
        for (const query of queries) {
          query.take(decoded);
          query.trigger().tail(100);
        }
      }
    });
  const figure = (name: string, value: number, atLeast?: number): Figure => ({
    name,
    value,
    unit: 'rows/s',
    ratio: value / bare,
    reference: REFERENCE,
    ...(atLeast === undefined ? {} : { atLeast }),
  });
  return [
    ...QUERIES.map(({ name, spec, atLeast }) => figure(`query: ${name}`, total / seconds([spec]), atLeast)),
    figure('these queries together', total / seconds(QUERIES.map(({ spec }) => spec))),
  ];
}

function simulatedBatches(rows: number): SampleBatch[] {
  const batches: SampleBatch[] = [];
  const builder = new SampleBatchBuilder(BATCH_ROWS);
  for (const { batch } of new Simulation({ users: 9, devices: 12, seed: 42 })) {
    for (let i = 0; i < batch.rows; i++) {
      builder.pushRow(batch, i);
      if (builder.rows === BATCH_ROWS) batches.push(builder.take());
    }
    if (batches.length * BATCH_ROWS >= rows) break;
  }
  return batches;
}

/** The least that such a count can cost: columns that are decoded already, numbers for keys. */
function countBare(batches: readonly SampleBatch[]): void {
  const counts = new Map<number, Float64Array>();
  for (const { rows, stream, creationMs } of batches) {
    for (let i = 0; i < rows; i++) {
      const window = Math.floor(creationMs[i] / 600_000);
      let ofWindow = counts.get(window);
      if (ofWindow === undefined) counts.set(window, (ofWindow = new Float64Array(65_536)));
      ofWindow[stream[i]]++;
    }
  }
}

/** Seconds. */
function best(rounds: number, run: () => void): number {
  let least = Infinity;
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    run();
    least = Math.min(least, (performance.now() - started) / 1000);
  }
  return least;
}
