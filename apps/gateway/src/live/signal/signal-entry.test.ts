import { UserScope } from '@hark/service';
import type { LogRecord } from '@hark/streaming';
import { describe, expect, it } from 'vitest';
import { samplesRecord, type TestRow } from '../../testing/sample-records.js';
import { signalEntry } from './signal-entry.js';

const record = (value: Uint8Array): LogRecord => ({ offset: 7, key: '', value, timestamp: 0 }) as LogRecord;
const rows = (...all: TestRow[]): LogRecord => record(samplesRecord(all));
const ms = (at: number): bigint => BigInt(at) * 1_000_000n;

describe('a message of the channel signal', () => {
  it('holds the length of the acceleration, one value of every 40 ms, the one furthest from gravity', () => {
    const entry = signalEntry(
      rows(
        { ns: ms(1000), xyz: [0, 0, 9.8] },
        { ns: ms(1010), xyz: [3, 4, 12] },
        { ns: ms(1020), xyz: [0, 0, 9] },
        { ns: ms(1040), xyz: [0, 6, 8] },
      ),
    );
    expect(entry).toMatchObject({ offset: 7, users: ['a'], devices: ['gear_1'], final: true });
    expect(JSON.parse(entry?.payload ?? '')).toEqual({
      kind: 'signal',
      streams: [{ user: 'a', device: 'gear_1', startMs: 1000, offsetsMs: [0, 40], magnitude: [13, 10] }],
    });
  });

  it('puts samples that came out of order into their order', () => {
    const entry = signalEntry(rows({ ns: ms(2000), xyz: [0, 0, 8] }, { ns: ms(1000), xyz: [0, 0, 9] }));
    expect(JSON.parse(entry?.payload ?? '')).toMatchObject({
      streams: [{ startMs: 1000, offsetsMs: [0, 1000], magnitude: [9, 8] }],
    });
  });

  it('holds some 500 values of a device at most, however long the record', () => {
    const long = Array.from({ length: 60_000 }, (_, i): TestRow => ({ ns: ms(10 * i) }));
    const { streams } = JSON.parse(signalEntry(rows(...long))?.payload ?? '');
    expect(streams[0].offsetsMs).toHaveLength(501);
  });

  it('is not made of gyroscope rows, nor of bytes that are no record', () => {
    expect(signalEntry(rows({ ns: ms(1000), sensor: 'gyroscope' }))).toBeNull();
    expect(signalEntry(record(Uint8Array.of(0xff, 0xff, 0xff)))).toBeNull();
  });

  it('shows a subscriber only the devices of users that it may know of', () => {
    const entry = signalEntry(
      rows({ ns: ms(1000), user: 'a' }, { ns: ms(1000), user: 'b', device: 'phone' }),
    );
    const seen = entry?.within?.(UserScope.of(['b']));
    expect(seen?.users).toEqual(['b']);
    expect(JSON.parse(seen?.payload ?? '').streams).toHaveLength(1);
    expect(entry?.within?.(UserScope.of(['c']))).toBeNull();
  });
});
