import {
  ActivityVocabulary,
  TOPICS,
  decodeWindowRecord,
  encodeSamplesRecord,
  type SampleBatch,
  type WindowRecord,
} from '@hark/contracts';
import { createFeatureExtractor } from '@hark/features';
import {
  CollectingSink,
  CsvRows,
  JsonRows,
  MemoryLog,
  Pipeline,
  Windower,
  type LogRecord,
} from '@hark/streaming';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closingTick } from '../replays/replay-pieces.js';
import { samplesRecord, type TestRow } from '../testing/sample-records.js';
import { exportSession, type ExportFormat } from './session-export.js';
import { SessionIndex } from './session-index.js';
import { sessionRows } from './session-rows.js';

const T0 = 1_424_686_733_090_638_193n;

/** Rows of one device as they arrive: jitter, a little disorder, duplicates, labels that change, any double as an axis. */
const recording = fc
  .record({
    rows: fc.array(
      fc.record({
        stepNs: fc.oneof(fc.bigInt(1n, 80_000_000n), fc.bigInt(-30_000_000n, -1n), fc.constant(0n)),
        gyroscope: fc.boolean(),
        xyz: fc.tuple(axis(), axis(), axis()),
        gt: fc.constantFrom('walk', 'sit', null),
      }),
      { minLength: 100, maxLength: 400 },
    ),
    cuts: fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 5 }),
    user: fc.constantFrom('a', 'a "b", c', 'ü'),
  })
  .map(({ rows, cuts, user }) => {
    let ns = T0;
    const made = rows.map(({ stepNs, gyroscope, xyz, gt }): TestRow => {
      ns += stepNs;
      return { ns, user, sensor: gyroscope ? 'gyroscope' : 'accelerometer', xyz, gt };
    });
    const records: TestRow[][] = [];
    for (const cut of [...cuts, made.length]) records.push(made.splice(0, cut));
    return records.filter(({ length }) => length > 0);
  });

function axis(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -40, max: 40 }),
    fc.constantFrom(-0, 5e-324, 1e-7, -1.5e-10, 9.80665, 1.7976931348623157e308),
  );
}

/** The final windows of some records of `samples`, received at 0. */
function windowsOf(records: readonly Uint8Array[], user: string): WindowRecord[] {
  const windows: WindowRecord[] = [];
  const pipeline = new Pipeline({
    stages: [{ processor: new Windower({}, createFeatureExtractor(2.56)), inputs: [TOPICS.samples] }],
    onRecord: (_topic, record: LogRecord) => {
      windows.push({ ...decodeWindowRecord(record.value), receivedMs: 0 });
    },
  });
  const closing = closingTick({ user, device: 'gear_1' });
  for (const record of [...records, closing]) pipeline.push(TOPICS.samples, '', record);
  return windows;
}

function imported(text: string, format: ExportFormat): SampleBatch {
  const sink = new CollectingSink(ActivityVocabulary.hhar, NaN);
  const reader = format === 'csv' ? new CsvRows() : new JsonRows();
  reader.parse(new TextEncoder().encode(text), sink, { last: true });
  expect(sink.kept).toEqual([]);
  return sink.builder.take();
}

async function exported(records: readonly Uint8Array[], format: ExportFormat): Promise<string> {
  const log = new MemoryLog({ now: () => 0 });
  const ingest = await log.writer('ingest');
  await ingest.commit({
    appends: [{ topic: TOPICS.samples, partition: 0, records: records.map((value) => ({ key: '', value })) }],
  });
  const index = new SessionIndex();
  for (const record of await log.read(TOPICS.samples, 0, 0, 1 << 30))
    index.process(TOPICS.samples, 0, record);
  const [session] = [...index.newest(Infinity)];
  let text = '';
  for await (const piece of exportSession(sessionRows(log, session), format)) text += piece;
  return text;
}

describe('a session that is exported and imported again', () => {
  it.each(['csv', 'ndjson'] as const)('as %s has the same windows, bit for bit', async (format) => {
    let windows = 0;
    await fc.assert(
      fc.asyncProperty(recording, async (rows) => {
        const records = rows.map((each) => samplesRecord(each));
        const { user = '' } = rows[0][0];
        const batch = imported(await exported(records, format), format);
        const expected = windowsOf(records, user);
        windows += expected.length;
        expect(windowsOf([encodeSamplesRecord({ batch, receivedMs: 5 })], user)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
    expect(windows).toBeGreaterThan(20);
  });

  it('is the same text again', async () => {
    await fc.assert(
      fc.asyncProperty(recording, async (rows) => {
        const text = await exported(
          rows.map((each) => samplesRecord(each)),
          'csv',
        );
        const record = encodeSamplesRecord({ batch: imported(text, 'csv'), receivedMs: 5 });
        expect(await exported([record], 'csv')).toBe(text);
      }),
      { numRuns: 30 },
    );
  });
});
