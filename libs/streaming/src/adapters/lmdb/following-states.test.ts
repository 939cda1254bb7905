import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open as openLmdb } from 'lmdb';
import { afterAll, describe, expect, it } from 'vitest';
import type { Commit, InputRange, RunnerState } from '../../log/log.js';
import { CorruptStateError } from '../../log/log.js';
import {
  FORMAT_KEY,
  decodeNumber,
  pieceKey,
  piecesEnd,
  referenceCopyKey,
  referenceKey,
  snapshotCopyKey,
  snapshotKey,
} from './keys.js';
import { LmdbLog } from './lmdb-log.js';
import { foundState } from './testing/found-state.js';

const root = mkdtempSync(join(tmpdir(), 'hark-following-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
const folder = () => join(root, String(made++));

const range = (from: number, to: number): InputRange => ({ topic: 'samples', partition: 0, from, to });
const step = (...inputs: InputRange[]): Commit => ({ appends: [], step: { runner: 'windower', inputs } });
const following = (state: Uint8Array, ...inputs: InputRange[]): Commit => ({
  ...step(...inputs),
  ...{ snapshot: state, snapshotMayFollow: true },
});

const LARGE = new Uint8Array(3_000_000).map((_, i) => (i * 7) % 251);
const PIECES = 6;
/** Takes hundreds of transactions. */
const HUGE = new Uint8Array(200 << 20);

/** A folder in which the windower has taken a step, a large state has followed the next one, and one step came since. */
async function withLargeState(): Promise<string> {
  const dir = folder();
  const log = new LmdbLog({ dir });
  const writer = await log.writer('ingest');
  await writer.commit({ ...step(range(0, 1)), snapshot: new Uint8Array(9) });
  expect(await (await writer.commit(following(LARGE, range(1, 2)))).followed).toBe(true);
  await writer.commit(step(range(2, 5)));
  await log.close();
  return dir;
}

function openRaw(dir: string) {
  return openLmdb<Buffer, Buffer>({
    ...{ path: join(dir, 'ingest'), noSubdir: false, overlappingSync: false },
    ...{ encoding: 'binary', keyEncoding: 'binary' },
  });
}

type Raw = ReturnType<typeof openRaw>;

async function raw<T>(dir: string, work: (store: Raw) => T | Promise<T>): Promise<T> {
  const store = openRaw(dir);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Keys of everything that the windower's states are stored under. */
const stateKeys = (store: Raw): string[] =>
  [...store.getKeys({ start: snapshotKey(''), end: piecesEnd('windower') })].map((key) =>
    key.toString('hex'),
  );

const piecesOf = (generation: number) =>
  [0, 1].flatMap((place) =>
    Array.from({ length: PIECES }, (_, piece) =>
      pieceKey('windower', generation, place as 0 | 1, piece).toString('hex'),
    ),
  );
const REFERENCES = [referenceKey('windower'), referenceCopyKey('windower')].map((key) => key.toString('hex'));

const flip = (dir: string, ...keys: Buffer[]) =>
  raw(dir, async (store) => {
    for (const key of keys) {
      const value = Buffer.from(store.get(key)!);
      value[value.length >> 1] ^= 1;
      await store.put(key, value);
    }
  });

const isLarge = ({ snapshot }: RunnerState) =>
  snapshot?.step === 2 && Buffer.from(snapshot.state).equals(LARGE);

const expectWhole = async (dir: string) => {
  const { state, told } = await foundState(dir);
  expect(isLarge(state)).toBe(true);
  expect(told).toEqual([]);
};

describe('a large state', () => {
  it('stands in pieces, each twice, and nothing else of the state does', async () => {
    const dir = await withLargeState();
    expect(await raw(dir, stateKeys)).toEqual([...REFERENCES, ...piecesOf(1)]);
    const { state, told } = await foundState(dir);
    expect(isLarge(state)).toBe(true);
    expect(state).toMatchObject({ replay: [[range(2, 5)]], steps: 3 });
    expect(told).toEqual([]);
  });

  it('is written between the commits, which do not wait for all of it', async () => {
    const log = new LmdbLog({ dir: folder() });
    const writer = await log.writer('ingest');
    const { followed } = await writer.commit(following(HUGE, range(0, 1)));
    let isInEffect = false;
    void followed?.then(() => (isInEffect = true));
    for (let i = 1; i <= 20; i++) await writer.commit(step(range(i, i + 1)));
    expect(isInEffect).toBe(false);
    expect((await writer.runnerState('windower')).replay.length).toBe(21);
    await log.close();
    expect(await followed).toBe(false);
  });

  it('replaces the one before, whose pieces go', async () => {
    const dir = await withLargeState();
    const log = new LmdbLog({ dir });
    const writer = await log.writer('ingest');
    const next = LARGE.slice().fill(3);
    await (
      await writer.commit(following(next, range(5, 6)))
    ).followed;
    while ((await raw(dir, stateKeys)).length > REFERENCES.length + 2 * PIECES)
      await new Promise((resolve) => setTimeout(resolve, 2));
    expect((await writer.runnerState('windower')).snapshot?.state.every((byte) => byte === 3)).toBe(true);
    await log.close();
    expect(await raw(dir, stateKeys)).toEqual([...REFERENCES, ...piecesOf(2)]);
  });

  it('goes, with its pieces, when one that was stored with its step has taken its place', async () => {
    const dir = await withLargeState();
    const log = new LmdbLog({ dir });
    const writer = await log.writer('ingest');
    await writer.commit({ ...step(range(5, 6)), snapshot: new Uint8Array([7]) });
    await log.close();
    const { state } = await foundState(dir);
    expect([...(state.snapshot?.state ?? [])]).toEqual([7]);
    const again = new LmdbLog({ dir });
    await (await again.writer('ingest')).runnerState('windower');
    const inOne = [snapshotKey('windower'), snapshotCopyKey('windower')].map((key) => key.toString('hex'));
    while ((await raw(dir, stateKeys)).length > inOne.length)
      await new Promise((resolve) => setTimeout(resolve, 2));
    expect(await raw(dir, stateKeys)).toEqual(inOne);
    await again.close();
  });

  it('that another has interrupted in the middle leaves the one before whole, and goes with the next', async () => {
    const dir = await withLargeState();
    const log = new LmdbLog({ dir });
    const { followed } = await (await log.writer('ingest')).commit(following(HUGE, range(5, 6)));
    while (!(await raw(dir, (store) => store.doesExist(pieceKey('windower', 2, 1, 3)))))
      await new Promise((resolve) => setTimeout(resolve, 2));
    const next = new LmdbLog({ dir });
    const writer = await next.writer('ingest');
    expect(await followed).toBe(false);
    await log.close();
    expect((await raw(dir, stateKeys)).length).toBeGreaterThanOrEqual(REFERENCES.length + 2 * PIECES + 8);
    const state = await writer.runnerState('windower');
    expect(isLarge(state)).toBe(true);
    expect(state.replay).toEqual([[range(2, 5)], [range(5, 6)]]);
    await (
      await writer.commit(following(LARGE, range(6, 7)))
    ).followed;
    await next.close();
    expect((await raw(dir, stateKeys)).filter((key) => piecesOf(2).includes(key))).toEqual(piecesOf(2));
    expect((await foundState(dir)).state.snapshot?.step).toBe(5);
  });

  it('makes the folder one that earlier builds refuse, when it is in effect', async () => {
    const dir = folder();
    const format = () => raw(dir, (store) => decodeNumber(store.get(FORMAT_KEY)!));
    const log = new LmdbLog({ dir });
    const writer = await log.writer('ingest');
    const { followed } = await writer.commit(following(HUGE, range(0, 1)));
    while (!(await raw(dir, (store) => store.doesExist(pieceKey('windower', 1, 1, 0)))))
      await new Promise((resolve) => setTimeout(resolve, 2));
    expect(await format()).toBe(1);
    await (
      await writer.commit(following(LARGE, range(1, 2)))
    ).followed;
    expect(await followed).toBe(false);
    expect(await format()).toBe(3);
    await writer.trim('samples', 0, 0);
    await writer.trimJournal('windower');
    await log.close();
    expect(await format()).toBe(3);
  });

  it('lets the steps before it go, and not those since the one in effect while it is being written', async () => {
    const dir = await withLargeState();
    const log = new LmdbLog({ dir });
    const writer = await log.writer('ingest');
    await writer.commit(following(HUGE, range(5, 6)));
    await writer.trimJournal('windower');
    expect(await log.firstStep('ingest', 'windower')).toBe(2);
    expect((await writer.runnerState('windower')).replay).toEqual([[range(2, 5)], [range(5, 6)]]);
    await log.close();
  });

  it('goes with its runner', async () => {
    const dir = await withLargeState();
    const log = new LmdbLog({ dir });
    await (await log.writer('ingest')).forgetRunner('windower');
    await log.close();
    expect(await raw(dir, stateKeys)).toEqual([]);
    expect((await foundState(dir)).state).toMatchObject({ snapshot: null, steps: 0 });
  });
});

describe('a large state with a flipped bit', () => {
  const piece = (place: 0 | 1, number: number) => pieceKey('windower', 1, place, number);

  it.each([
    ['the first piece', piece(0, 0)],
    ['the last piece', piece(0, PIECES - 1)],
    ['what says which pieces they are', referenceKey('windower')],
  ])('in %s is read from the copy, told of, and whole again', async (_, key) => {
    const dir = await withLargeState();
    await flip(dir, key);
    const { state, told } = await foundState(dir);
    expect(isLarge(state)).toBe(true);
    expect(told).toEqual([{ what: 'snapshot of windower', instead: 'its copy is used' }]);
    await expectWhole(dir);
  });

  it.each([
    ['a piece', piece(1, 2)],
    ['what says which pieces they are', referenceCopyKey('windower')],
  ])('in the copy of %s is told of, and whole again', async (_, key) => {
    const dir = await withLargeState();
    await flip(dir, key);
    const { state, told } = await foundState(dir);
    expect(isLarge(state)).toBe(true);
    expect(told).toEqual([
      { what: 'copy of the snapshot of windower', instead: 'the snapshot itself is whole' },
    ]);
    await expectWhole(dir);
  });

  it('in one place of one piece and the other of another is whole again', async () => {
    const dir = await withLargeState();
    await flip(dir, piece(0, 1), piece(1, 2));
    const { state } = await foundState(dir);
    expect(isLarge(state)).toBe(true);
    await expectWhole(dir);
  });

  it.each([
    ['a piece', piece(0, 3), piece(1, 3)],
    ['what says which pieces they are', referenceKey('windower'), referenceCopyKey('windower')],
  ])('in both places of %s is made up for by every step from the first', async (_, ...keys) => {
    const dir = await withLargeState();
    await flip(dir, ...keys);
    const { state, told } = await foundState(dir);
    expect(state).toMatchObject({ snapshot: null, steps: 3, isDamaged: true });
    expect(state.replay.length).toBe(3);
    expect(told).toEqual([
      { what: 'snapshot of windower', instead: 'every step is executed again from the first' },
    ]);
    const log = new LmdbLog({ dir });
    const writer = await log.writer('ingest');
    await writer.trimJournal('windower');
    expect(await log.firstStep('ingest', 'windower')).toBe(0);
    // What it is replaced by is whole.
    await (
      await writer.commit(following(LARGE, range(5, 6)))
    ).followed;
    expect((await writer.runnerState('windower')).snapshot?.step).toBe(4);
    await log.close();
  });

  it('is refused where both places are damaged and the journal before it was trimmed', async () => {
    const dir = await withLargeState();
    const log = new LmdbLog({ dir });
    await (await log.writer('ingest')).trimJournal('windower');
    await log.close();
    await flip(dir, piece(0, 3), piece(1, 3));
    await expect(foundState(dir)).rejects.toEqual(new CorruptStateError('windower', 'snapshot'));
  });
});
