import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open as openLmdb } from 'lmdb';
import { afterAll, describe, expect, it } from 'vitest';
import { describeTrimming } from '../../log/trimming.contract.js';
import { FORMAT_KEY, decodeNumber, encodeNumber, partitionPrefix, sizePrefix, startKey } from './keys.js';
import { LmdbLog } from './lmdb-log.js';

const root = mkdtempSync(join(tmpdir(), 'hark-trimming-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
const folder = () => join(root, String(made++));

describeTrimming('LmdbLog', () => Promise.resolve(new LmdbLog({ dir: folder() })));

const megabyte = [{ key: '', value: new Uint8Array(1 << 20) }];
const megabytes = { appends: [{ topic: 'samples', partition: 0, records: megabyte }] };

function openRaw(dir: string) {
  return openLmdb<Buffer, Buffer>({
    ...{ path: join(dir, 'ingest'), noSubdir: false, overlappingSync: false },
    ...{ encoding: 'binary', keyEncoding: 'binary' },
  });
}

describe('LmdbLog trimmed', () => {
  it('uses the room of what was trimmed again: its file stops growing', async () => {
    const dir = folder();
    const log = new LmdbLog({ dir });
    const writer = await log.writer('ingest');
    for (let round = 1; round <= 10; round++) {
      for (let i = 0; i < 8; i++) await writer.commit(megabytes);
      await writer.trim('samples', 0, 8 * round);
    }
    await log.close();
    expect(await sizeOf(dir)).toBeLessThan(24);
  });

  it('frees what a crash in the middle of a trim has left, and shows none of it meanwhile', async () => {
    const dir = folder();
    const before = new LmdbLog({ dir });
    const writer = await before.writer('ingest');
    for (let i = 0; i < 4; i++) await writer.commit(megabytes);
    await before.close();
    const raw = openRaw(dir);
    await raw.put(startKey('samples', 0), encodeNumber(3));
    const frames = { start: partitionPrefix('samples', 0), end: partitionPrefix('samples', 1) };
    expect([...raw.getKeys(frames)].length).toBe(4);
    await raw.close();
    const log = new LmdbLog({ dir });
    expect(await log.earliest('samples', 0)).toBe(3);
    expect(log.lookUp('samples', 0, 2)).toBe(null);
    await (await log.writer('ingest')).trim('samples', 0, 3);
    await log.close();
    const after = openRaw(dir);
    expect([...after.getKeys(frames)].length).toBe(1);
    await after.close();
  });

  it('has the format of before until something has been trimmed, so that an earlier program reads it', async () => {
    const dir = folder();
    const format = async (): Promise<number> => {
      const raw = openRaw(dir);
      const found = decodeNumber(raw.get(FORMAT_KEY) as Buffer);
      await raw.close();
      return found;
    };
    const log = new LmdbLog({ dir });
    await (await log.writer('ingest')).commit(megabytes);
    await log.close();
    expect(await format()).toBe(1);
    const again = new LmdbLog({ dir });
    await (await again.writer('ingest')).trim('samples', 0, 1);
    await again.close();
    expect(await format()).toBe(2);
  });

  it('lets what was written before sizes were counted go as a whole once what came since is too much', async () => {
    const dir = folder();
    const before = new LmdbLog({ dir });
    const writer = await before.writer('ingest');
    for (let i = 0; i < 6; i++) await writer.commit(megabytes);
    await before.close();
    const raw = openRaw(dir);
    for (const key of raw.getKeys({ start: sizePrefix('samples', 0), end: sizePrefix('samples', 1) }))
      await raw.remove(key);
    await raw.close();
    const log = new LmdbLog({ dir });
    const next = await log.writer('ingest');
    for (let i = 0; i < 3; i++) await next.commit(megabytes);
    expect(await log.bytes('samples', 0)).toBeLessThan(3.1 * (1 << 20));
    expect(await log.offsetKeeping('samples', 0, 4 << 20)).toBe(0);
    expect(await log.offsetKeeping('samples', 0, 2 << 20)).toBe(7);
    await log.close();
  });
});

/** MiB. */
async function sizeOf(dir: string): Promise<number> {
  return statSync(join(dir, 'ingest', 'data.mdb')).size / (1 << 20);
}
