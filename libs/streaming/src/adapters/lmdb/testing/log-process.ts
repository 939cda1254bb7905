import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { LogFullError, type Commit } from '../../../log/log.js';
import { LmdbLog } from '../lmdb-log.js';

/**
 * A process of its own over a log folder, for the tests that need a second one: `node log-process.js DIR WHAT`.
 * Says what it did on standard output, a line at a time.
 */
const [, , dir, what] = process.argv;
const log = new LmdbLog({ dir });
const say = (line: string | number) => writeSync(1, `${line}\n`);

/** Of a state that follows. */
const LARGE_BYTES = 4 << 20;

/** Record `i` of both topics, the step that made it and the state after it: 20 kB in all, so that pages overflow. */
function commitOf(i: number): Commit {
  const value = new TextEncoder().encode(`${i} `.padEnd(10_000, '.'));
  return {
    appends: [
      { topic: 'samples', partition: 0, records: [{ key: '', value }] },
      { topic: 'windows', partition: 0, records: [{ key: '', value }] },
    ],
    step: { runner: 'windower', inputs: [{ topic: 'samples', partition: 0, from: i, to: i + 1 }] },
    snapshot: new TextEncoder().encode(String(i)),
  };
}

const actions: Record<string, () => Promise<void>> = {
  async epoch() {
    say(log.epoch);
  },
  async three() {
    const writer = await log.writer('ingest');
    for (let i = 0; i < 3; i++) await writer.commit(commitOf(i));
    say('written');
  },
  /** Commits for ever, two at a time; says the number of records that are on disk. */
  async stream() {
    const writer = await log.writer('ingest');
    for (let i = await log.end('samples', 0); ; i += 2) {
      await Promise.all([writer.commit(commitOf(i)), writer.commit(commitOf(i + 1))]);
      await writer.durable();
      say(i + 2);
    }
  },
  /** Commits for ever beside one large state after the other; says the number of records in each that is in effect. */
  async states() {
    const writer = await log.writer('ingest');
    for (let i = await log.end('samples', 0); ;) {
      const snapshot = new Uint8Array(LARGE_BYTES).fill(++i);
      const first = { ...commitOf(i - 1), snapshot, snapshotMayFollow: true };
      const { followed } = await writer.commit(first);
      const holds = i;
      const written = followed?.then(() => (isWritten = true));
      let isWritten = false;
      while (!isWritten) await writer.commit({ ...commitOf(i++), snapshot: undefined } as Commit);
      await written;
      say(holds);
    }
  },
  /** Has a state follow for which there is no room, then says what still works. */
  async fillByState() {
    const writer = await log.writer('ingest');
    await writer.commit(commitOf(0));
    const large = { ...commitOf(1), snapshot: new Uint8Array(LARGE_BYTES), snapshotMayFollow: true };
    say(`followed ${await (await writer.commit(large)).followed}`);
    const { snapshot, steps } = await writer.runnerState('windower');
    say(`step ${snapshot?.step} of ${steps}`);
    let i = 2;
    for (; i < 60; i++) await writer.commit(commitOf(i));
    say(`end ${await log.end('samples', 0)}`);
  },
  /** Commits until the disk refuses, then says how many records stand and what else still works. */
  async fill() {
    const writer = await log.writer('ingest');
    let i = 0;
    try {
      for (; ; i++) await writer.commit(commitOf(i));
    } catch (error) {
      if (!(error instanceof LogFullError)) throw error;
      say(`${error.code} after ${i}`);
    }
    const { steps } = await writer.runnerState('windower');
    say(`end ${await log.end('samples', 0)} ${await log.end('windows', 0)} steps ${steps}`);
    say(`read ${(await log.read('samples', 0, 0, 1)).length}`);
    say(`again ${await writer.commit(commitOf(i)).catch((error: { code: string }) => error.code)}`);
    // Whoever started this process makes room and says so.
    await once(process.stdin, 'data');
    const { firstOffsets } = await writer.commit(commitOf(i));
    await writer.durable();
    say(`room ${firstOffsets.join()} of ${i}`);
    process.stdin.destroy();
  },
};

await actions[what]();
await log.close();
