import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OffsetIndex } from './offset-index.js';

/** Messages as they stand in Kafka: each holds some records, and holes lie between them. */
const partition = fc.array(fc.record({ records: fc.integer({ min: 1, max: 40 }), hole: fc.nat(3) }), {
  minLength: 1,
  maxLength: 3000,
});

it('finds a place at or before the message of any record, and not far before it', async () => {
  await fc.assert(
    fc.asyncProperty(
      partition,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
      async (made, asked) => {
        const messages: { first: number; kafkaOffset: number }[] = [];
        let first = 0;
        let kafkaOffset = 0;
        for (const { records, hole } of made) {
          kafkaOffset += hole;
          messages.push({ first, kafkaOffset: kafkaOffset++ });
          first += records;
        }
        const stable = kafkaOffset;
        const index = new OffsetIndex();
        for (const part of asked) {
          const offset = Math.min(first - 1, Math.floor(part * first));
          const found = await index.locate(offset, async (from) => {
            const message = messages.find((one) => one.kafkaOffset >= from);
            return message === undefined ? null : { ...message, stable };
          });
          const holder = messages.findLast((one) => one.first <= offset)!;
          expect(found).toBeLessThanOrEqual(holder.kafkaOffset);
          // 256 messages at most, with the holes between them.
          expect(holder.kafkaOffset - found).toBeLessThanOrEqual(256 * 4);
        }
      },
    ),
    { numRuns: 30 },
  );
});
