import fc from 'fast-check';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { Compressor } from './compression.js';
import { kafkajs, kafkajsFile } from './load-kafkajs.js';
import { encodeRecordBatch, type OutgoingMessage } from './record-batch.js';

interface DecodedBatch {
  readonly firstSequence: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly inTransaction: boolean;
  readonly lastOffsetDelta: number;
  readonly records: readonly {
    readonly key: Buffer | null;
    readonly value: Buffer;
    readonly offset: string;
    readonly timestamp: string;
    readonly headers: object;
  }[];
}

const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object;
const crc32c = require('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;
const ORIGIN = { producerId: 4_000_000_000_123n, producerEpoch: 7, firstSequence: 99 };

function decoded(batch: Buffer): Promise<DecodedBatch> {
  kafkajs();
  const decode = kafkajsFile<(of: object) => Promise<DecodedBatch>>('protocol/recordBatch/v0/decoder');
  return decode(new Decoder(batch));
}

const messages: fc.Arbitrary<OutgoingMessage[]> = fc.array(
  fc.record({
    key: fc.option(fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))),
    value: fc.uint8Array({ maxLength: 9000 }).map((bytes) => Buffer.from(bytes)),
  }),
  { minLength: 1, maxLength: 150 },
);

it('a client reads the messages that were written, in their order, with gzip and without', async () => {
  for (const compression of ['gzip', 'none'] as const)
    await fc.assert(
      fc.asyncProperty(messages, async (written) => {
        const compressor = new Compressor(compression);
        const batch = encodeRecordBatch('topic', written, ORIGIN, 1_700_000_000_001, compressor);
        expect(batch.readUInt32BE(17)).toBe(crc32c(batch.subarray(21)));
        const found = await decoded(batch);
        expect(found).toMatchObject({
          ...{ firstSequence: 99, producerId: '4000000000123', producerEpoch: 7, inTransaction: true },
          lastOffsetDelta: written.length - 1,
        });
        expect(found.records.map(({ key, value }) => ({ key, value }))).toEqual(written);
        found.records.forEach(({ offset, timestamp, headers }, i) =>
          expect({ offset, timestamp, headers }).toEqual({
            ...{ offset: String(i), timestamp: '1700000000001', headers: {} },
          }),
        );
      }),
      { numRuns: 30 },
    );
});

it('is compressed where that pays, and says so', () => {
  const value = Buffer.alloc(4000, 'prediction ');
  const compressor = new Compressor('gzip');
  const batch = encodeRecordBatch('topic', [{ key: null, value }], ORIGIN, 0, compressor);
  expect(batch.readInt16BE(21)).toBe(16 | 1);
  expect(batch.length).toBeLessThan(300);
  const plain = encodeRecordBatch('topic', [{ key: null, value }], ORIGIN, 0, new Compressor('none'));
  expect(plain.readInt16BE(21)).toBe(16);
  expect(plain.length).toBeGreaterThan(4000);
});
