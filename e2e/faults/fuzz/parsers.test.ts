import { ActivityVocabulary, isWellFormedId, type SampleBatch } from '@hark/contracts';
import {
  CollectingSink,
  ColumnLengthError,
  ColumnarRows,
  CsvRows,
  HeaderColumnsError,
  JsonRows,
  MalformedColumnsError,
  MissingHeaderError,
} from '@hark/streaming';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../simulation/seeded-random.js';
import { SAMPLES } from './corpus.js';
import { Mutator } from './mutation.js';

const CASES = Number(process.env['HARK_FUZZ_CASES'] ?? 20_000);
const encoder = new TextEncoder();

const PARSERS = {
  'text/csv': () => new CsvRows({ sensor: 'accelerometer' }),
  'application/x-ndjson': () => new JsonRows({ sensor: 'accelerometer' }),
  'application/json': (body: Uint8Array) =>
    String.fromCharCode(body[0] ?? 0) === '{'
      ? new ColumnarRows({})
      : new JsonRows({ sensor: 'accelerometer' }),
};
/** What a parser may say of a whole body; anything else it throws is a fault. */
const REFUSALS = [MissingHeaderError, HeaderColumnsError, MalformedColumnsError, ColumnLengthError];

/** The first rule that an accepted row breaks, or null. */
function broken(batch: SampleBatch): string | null {
  for (let i = 0; i < batch.rows; i++) {
    if (![batch.x[i], batch.y[i], batch.z[i]].every(Number.isFinite)) return 'an axis that is not finite';
    const { user, device, model, sensor } = batch.streams[batch.stream[i]];
    if (![user, device, model].every(isWellFormedId))
      return `an id: ${JSON.stringify([user, device, model])}`;
    if (sensor !== 'accelerometer' && sensor !== 'gyroscope') return `the sensor ${String(sensor)}`;
    const [ms, subNs] = [batch.creationMs[i], batch.creationSubNs[i]];
    if (!Number.isSafeInteger(ms) || ms < 0 || !Number.isInteger(subNs) || subNs < 0 || subNs > 999_999)
      return `the time ${ms} ms and ${subNs} ns`;
    const label = batch.label[i] === 0 ? null : batch.labels[batch.label[i] - 1];
    if (label !== null && !ActivityVocabulary.hhar.has(label)) return `the activity ${String(label)}`;
  }
  return null;
}

describe.each(Object.keys(PARSERS) as (keyof typeof PARSERS)[])('the parser of %s', (type) => {
  it(
    'neither fails nor hangs on whatever comes, and lets nothing invalid through',
    () => {
      const mutator = new Mutator(
        new SeededRandom(20_260_823),
        SAMPLES[type].map((text) => encoder.encode(text)),
      );
      let accepted = 0;
      let refused = 0;
      for (let i = 0; i < CASES; i++) {
        const body = mutator.next();
        const sink = new CollectingSink(ActivityVocabulary.hhar, 77, 100);
        const begun = process.cpuUsage();
        try {
          PARSERS[type](body).parse(body, sink, { last: true });
        } catch (error) {
          if (!REFUSALS.some((refusal) => error instanceof refusal)) throw describeCase(i, body, error);
          refused++;
          continue;
        }
        const { user, system } = process.cpuUsage(begun);
        if (user + system > 100_000) throw describeCase(i, body, `${user + system} µs`);
        const batch = sink.builder.take();
        const fault = broken(batch);
        if (fault !== null) throw describeCase(i, body, fault);
        accepted += batch.rows;
        refused += sink.rejected;
      }
      // A parser that refuses or takes everything would pass too.
      expect(accepted).toBeGreaterThan(CASES / 10);
      expect(refused).toBeGreaterThan(CASES / 10);
    },
    10 * 60_000,
  );
});

function describeCase(i: number, body: Uint8Array, fault: unknown): Error {
  const text = JSON.stringify(Buffer.from(body).toString('latin1'));
  return new Error(`case ${i}: ${String(fault)}; body, as Latin-1: ${text.slice(0, 2000)}`, { cause: fault });
}
