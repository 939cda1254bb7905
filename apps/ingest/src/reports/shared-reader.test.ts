import { TOPICS, SampleBatchBuilder, encodeSamplesRecord } from '@hark/contracts';
import { MemoryLog } from '@hark/streaming';
import { samplesRows, type DoubleColumn } from '@hark/streaming/queries';
import { describe, expect, it } from 'vitest';
import { SharedReader } from './shared-reader.js';
import { SharedRecord } from './shared-record.js';

/** Five records of a thousand rows each, whose x is the number of the record. */
async function sharedReader(): Promise<SharedReader> {
  const log = new MemoryLog({ now: () => 0 });
  const writer = await log.writer('ingest');
  for (let record = 0; record < 5; record++) {
    const builder = new SampleBatchBuilder();
    const stream = builder.streamOf('a', 'd', 'm', 'gyroscope');
    for (let i = 0; i < 1000; i++) builder.push(stream, i, 0, i, record, 0, 0, 0);
    const value = encodeSamplesRecord({ batch: builder.take(), receivedMs: 0 });
    await writer.commit({
      appends: [{ topic: TOPICS.samples, partition: 0, records: [{ key: 'k', value }] }],
    });
  }
  return new SharedReader(log, () => Promise.resolve());
}

async function read(reader: SharedReader, from: number): Promise<SharedRecord> {
  const [record] = await reader.read(TOPICS.samples, 0, from, 1);
  return record as SharedRecord;
}

const X = samplesRows.columns.findIndex(({ name }) => name === 'x');

function xOf(record: SharedRecord): Float64Array {
  return (record.rows(samplesRows)!.column(X) as DoubleColumn).values;
}

describe('the reader that reports share', () => {
  it('gives the record that it gave before, decoded once', async () => {
    const reader = await sharedReader();
    const record = await read(reader, 2);
    expect(await read(reader, 2)).toBe(record);
    expect(record.rows(samplesRows)).toBe(record.rows(samplesRows));
    expect(record).toBeInstanceOf(SharedRecord);
    expect(record).toMatchObject({ key: 'k', offset: 2 });
  });

  it('keeps what was read and decoded while two other reads are made', async () => {
    const reader = await sharedReader();
    const record = await read(reader, 0);
    const x = xOf(record);
    for (const from of [1, 2]) xOf(await read(reader, from));
    expect(new Set(x)).toEqual(new Set([0]));
    expect(await read(reader, 0)).toBe(record);
  });

  it('uses the room of the read that was asked for the longest ago, and of no other', async () => {
    const reader = await sharedReader();
    const columns = [];
    for (const from of [0, 1, 2]) columns.push(xOf(await read(reader, from)));
    await read(reader, 0);
    columns.push(xOf(await read(reader, 3)));
    expect(columns[3].buffer).toBe(columns[1].buffer);
    expect(columns.map((x) => x[999])).toEqual([0, 3, 2, 3]);
  });

  it('reads anew, into new room, what it was told to forget', async () => {
    const reader = await sharedReader();
    const record = await read(reader, 4);
    const x = xOf(record);
    reader.forget();
    const again = await read(reader, 4);
    expect(again).not.toBe(record);
    expect(xOf(again).buffer).not.toBe(x.buffer);
    expect(xOf(again)).toEqual(x);
  });
});
