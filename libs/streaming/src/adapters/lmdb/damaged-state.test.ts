import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open as openLmdb } from 'lmdb';
import { afterAll, describe, expect, it } from 'vitest';
import type { InputRange } from '../../log/log.js';
import { CorruptStateError } from '../../log/log.js';
import { journalKey, snapshotCopyKey, snapshotKey, standingKey } from './keys.js';
import { LmdbLog } from './lmdb-log.js';
import { repairedPayload } from './repaired-value.js';
import { sealPayload } from './checked-value.js';
import { foundState } from './testing/found-state.js';

const root = mkdtempSync(join(tmpdir(), 'hark-damaged-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;

const STATE = new Uint8Array(5000).map((_, i) => i % 251);
const range = (from: number, to: number): InputRange => ({ topic: 'samples', partition: 0, from, to });

/** A folder in which the windower has taken two steps, stored its state and taken one more; or whatever steps. */
async function folder(steps: readonly (readonly InputRange[])[] = [[range(0, 4)], [range(4, 6)]]) {
  const dir = join(root, String(made++));
  const log = new LmdbLog({ dir });
  const writer = await log.writer('ingest');
  const last = steps.length - 1;
  for (const [i, inputs] of steps.entries())
    await writer.commit({
      ...{ appends: [], step: { runner: 'windower', inputs } },
      ...(i === last && { snapshot: STATE }),
    });
  await writer.commit({ appends: [], step: { runner: 'windower', inputs: [range(6, 9)] } });
  await log.close();
  return dir;
}

async function alter(dir: string, key: Buffer, change: (value: Buffer) => Buffer | null): Promise<void> {
  const store = openLmdb<Buffer, Buffer>({
    ...{ path: join(dir, 'ingest'), noSubdir: false },
    ...{ encoding: 'binary', keyEncoding: 'binary' },
  });
  const changed = change(Buffer.from(store.get(key) ?? []));
  await (changed === null ? store.remove(key) : store.put(key, changed));
  await store.close();
}

const flip =
  (...bits: number[]) =>
  (value: Buffer): Buffer => {
    for (const bit of bits) value[(bit >> 3) % value.length] ^= 1 << (bit & 7);
    return value;
  };

const SNAPSHOT = snapshotKey('windower');
const COPY = snapshotCopyKey('windower');
const WHOLE = { snapshot: { step: 2 }, replay: [[range(6, 9)]], steps: 3 };

describe('a stored state with a flipped bit', () => {
  it.each([1, 20, 60, 13_000, 8 * 5012 - 1])('at bit %i is read from its copy, and told of', async (bit) => {
    const dir = await folder();
    await alter(dir, SNAPSHOT, flip(bit));
    const { state, told } = await foundState(dir);
    expect(state).toMatchObject(WHOLE);
    expect(state.isDamaged).toBe(undefined);
    expect([...state.snapshot!.state]).toEqual([...STATE]);
    expect([...state.positions]).toEqual([['samples/0', 9]]);
    expect(told).toEqual([{ what: 'snapshot of windower', instead: 'its copy is used' }]);
  });

  it('in the copy is told of while the state itself is whole', async () => {
    const dir = await folder();
    await alter(dir, COPY, flip(13_000));
    const { state, told } = await foundState(dir);
    expect(state).toMatchObject(WHOLE);
    expect(state.isDamaged).toBe(undefined);
    expect(told).toEqual([
      { what: 'copy of the snapshot of windower', instead: 'the snapshot itself is whole' },
    ]);
  });

  it.each([
    ['both damaged', flip(13_000)],
    ['of a build that wrote no copy', () => null],
  ] as const)('%s, is made up for by every step from the first', async (_, copy) => {
    const dir = await folder();
    await alter(dir, SNAPSHOT, flip(13_000));
    await alter(dir, COPY, copy);
    const { state, told } = await foundState(dir);
    const replay = [[range(0, 4)], [range(4, 6)], [range(6, 9)]];
    expect(state).toEqual({
      ...{ snapshot: null, replay, steps: 3, isDamaged: true },
      positions: new Map([['samples/0', 9]]),
    });
    expect(told).toEqual([
      { what: 'snapshot of windower', instead: 'every step is executed again from the first' },
    ]);
  });

  it.each([
    ['damaged', SNAPSHOT, flip(13_000)],
    ['damaged in the copy', COPY, flip(13_000)],
    ['of a build that wrote no copy', COPY, () => null],
    ['gone on with by a build that wrote no copy', COPY, () => sealPayload(SNAPSHOT, Buffer.alloc(9))],
  ] as const)('that was %s is whole in both places again once it has been read', async (_, key, change) => {
    const dir = await folder();
    await alter(dir, key, change);
    const { state } = await foundState(dir);
    expect(await foundState(dir)).toEqual({ state, told: [] });
    for (const each of [SNAPSHOT, COPY]) {
      await alter(dir, each, flip(50));
      expect([...(await foundState(dir)).state.snapshot!.state]).toEqual([...STATE]);
    }
  });

  it('is refused where both are damaged and the journal before it was trimmed', async () => {
    const dir = await folder();
    const log = new LmdbLog({ dir });
    await (await log.writer('ingest')).trimJournal('windower');
    await log.close();
    await alter(dir, COPY, flip(13_000));
    await alter(dir, SNAPSHOT, flip(13_000));
    await expect(foundState(dir)).rejects.toEqual(new CorruptStateError('windower', 'snapshot'));
  });

  it('is refused where both are damaged and no record made it', async () => {
    const dir = await folder([[], []]);
    const log = new LmdbLog({ dir });
    await (
      await log.writer('ingest')
    ).commit({ appends: [], step: { runner: 'front-door', inputs: [] }, snapshot: STATE });
    await log.close();
    for (const key of [snapshotKey('front-door'), snapshotCopyKey('front-door')])
      await alter(dir, key, flip(99));
    const again = new LmdbLog({ dir });
    const writer = await again.writer('ingest');
    await expect(writer.runnerState('front-door')).rejects.toEqual(
      new CorruptStateError('front-door', 'snapshot'),
    );
    await again.close();
  });

  it('lets nothing of the journal go that is needed without it', async () => {
    const dir = await folder();
    await alter(dir, SNAPSHOT, flip(13_000));
    await alter(dir, COPY, flip(13_000));
    const log = new LmdbLog({ dir });
    await (await log.writer('ingest')).trimJournal('windower');
    expect(await log.firstStep('ingest', 'windower')).toBe(0);
    await log.close();
  });
});

describe('a journal entry, or where a runner stands, with a flipped bit', () => {
  it.each([
    ['journal entry 2', journalKey('windower', 2)],
    ['position', standingKey('windower')],
  ])('is put right: the %s', async (what, key) => {
    const dir = await folder();
    for (const bit of [3, 30, 300]) {
      await alter(dir, key, flip(bit));
      const { state, told } = await foundState(dir);
      expect(state).toMatchObject(WHOLE);
      expect([...state.positions]).toEqual([['samples/0', 9]]);
      expect(told).toEqual([{ what: `${what} of windower`, instead: 'its one wrong bit is put right' }]);
      await alter(dir, key, flip(bit));
    }
  });

  it('is refused, by its number, where more than one bit is wrong', async () => {
    const dir = await folder();
    await alter(dir, journalKey('windower', 2), flip(100, 200));
    await expect(foundState(dir)).rejects.toEqual(new CorruptStateError('windower', 'journal entry 2'));
  });
});

describe('a short value', () => {
  const key = journalKey('windower', 2);
  const payload = Buffer.from('{"topic":"samples"}');
  const value = sealPayload(key, payload);

  it('is put right whichever bit is wrong', () => {
    for (let bit = 0; bit < 8 * value.length; bit++)
      expect(repairedPayload(key, flip(bit)(Buffer.from(value)))).toEqual(payload);
  });

  it('is never taken for another when two bits are', () => {
    for (let a = 0; a < 8 * value.length; a++)
      for (let b = 0; b < a; b += 7) expect(repairedPayload(key, flip(a, b)(Buffer.from(value)))).toBe(null);
  });
});
