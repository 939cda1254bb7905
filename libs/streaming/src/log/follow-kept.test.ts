import { describe, expect, it } from 'vitest';
import { followKept } from './follow-kept.js';
import type { LogRecord } from './log.js';
import { MemoryLog } from './memory-log.js';

const log = () => new MemoryLog({ now: () => 0, owners: { ingest: ['samples'] } });

async function append(to: MemoryLog, ...values: number[]): Promise<void> {
  const records = values.map((value) => ({ key: '', value: Uint8Array.of(value) }));
  await (await to.writer('ingest')).commit({ appends: [{ topic: 'samples', partition: 0, records }] });
}

const offsets = ({ value }: IteratorResult<readonly LogRecord[], void>) =>
  (value ?? []).map(({ offset }) => offset);

describe('followKept', () => {
  it('gives what stands from an offset on, then what comes, each once', async () => {
    const followed = log();
    await append(followed, 0, 1, 2);
    const got: number[] = [];
    for await (const records of followKept(followed, 'samples', 1, new AbortController().signal)) {
      for (const { value } of records) got.push(value[0]);
      if (got.length === 4) break;
      // While the reader is busy, and in two commits.
      if (got.length === 2) {
        await append(followed, 3);
        await append(followed, 4);
      }
    }
    expect(got).toEqual([1, 2, 3, 4]);
  });

  it('waits for what comes, and ends when it is told to', async () => {
    const followed = log();
    const stop = new AbortController();
    const records = followKept(followed, 'samples', 0, stop.signal);
    const first = records.next();
    await append(followed, 7);
    expect(offsets(await first)).toEqual([0]);
    const second = records.next();
    stop.abort();
    expect(await second).toEqual({ done: true, value: undefined });
  });

  it('goes on with what is kept where what it asked for has been trimmed', async () => {
    const followed = log();
    await append(followed, 0, 1, 2);
    await (await followed.writer('ingest')).trim('samples', 0, 2);
    const first = await followKept(followed, 'samples', 0, new AbortController().signal).next();
    expect(offsets(first)).toEqual([2]);
  });
});
