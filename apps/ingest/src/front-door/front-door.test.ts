import { describe, expect, it } from 'vitest';
import {
  ActivityVocabulary,
  decodeSamplesRecord,
  SampleBatchBuilder,
  TOPICS,
  type DeadLetter,
  type DeviceId,
  type SampleBatch,
  type SamplesRecord,
} from '@hark/contracts';
import { LogFullError, MemoryLog, StateFormatError, type Commit, type LogWriter } from '@hark/streaming';
import { FrontDoor, type FrontDoorOptions } from './front-door.js';
import { SequenceGapError } from './producers.js';
import type { Numbering, Submission } from './submission.js';

const A: DeviceId = { user: 'u', device: 'a' };
const B: DeviceId = { user: 'u', device: 'b' };

function batchOf(devices: readonly DeviceId[], label: string | null = null): SampleBatch {
  const builder = new SampleBatchBuilder();
  for (const { user, device } of devices) {
    const stream = builder.streamOf(user, device, 'm', 'accelerometer');
    builder.push(stream, 1, 2, 3, 4, 5, 6, builder.labelOf(label));
  }
  return builder.take();
}

function submission(devices: readonly DeviceId[], numbering?: Numbering, receivedMs = 0): Submission {
  return { batch: batchOf(devices), rejected: 0, kept: [], source: 'test', receivedMs, numbering };
}

const numbered = (sequence: number | null, end = false, producer = 'p'): Numbering => ({
  producer,
  sequence,
  end,
});

/** A writer whose next commits can be made to fail, and whose disk can be made to wait. */
class TestWriter implements LogWriter {
  failing = 0;
  commits = 0;
  flushed: Promise<void> = Promise.resolve();

  constructor(private readonly inner: LogWriter) {}

  async commit(commit: Commit) {
    this.commits++;
    if (this.failing > 0) {
      this.failing--;
      throw new LogFullError('no room');
    }
    return this.inner.commit(commit);
  }
  durable = () => this.flushed;
  runnerState = (runner: string) => this.inner.runnerState(runner);
  close = () => this.inner.close();
}

async function setUp(options: Partial<FrontDoorOptions> = {}) {
  const log = new MemoryLog({ now: () => 0 });
  const open = async () => {
    const writer = new TestWriter(await log.writer('ingest'));
    const defaults = { activities: ActivityVocabulary.hhar, idleTimeoutMs: 1000, devices: [], nowMs: 0 };
    return { writer, door: await FrontDoor.open({ ...defaults, ...options, writer }) };
  };
  const samples = async (): Promise<SamplesRecord[]> =>
    (await log.read(TOPICS.samples, 0, 0, Infinity)).map(({ value }) => decodeSamplesRecord(value));
  /** What each record is: the devices of its rows, or of a tick. */
  const story = async () =>
    (await samples()).map(({ batch, tick }) =>
      tick === undefined
        ? `rows ${batch!.streams.map(({ device }) => device).join()}`
        : `tick ${tick.map(({ device }) => device).join()}`,
    );
  return { log, open, samples, story, ...(await open()) };
}

describe('FrontDoor.accept', () => {
  it('appends the rows as they came and the refused ones with their reason, in one commit', async () => {
    const { door, writer, samples, log } = await setUp();
    const kept = [{ row: 2, code: 'non_finite' as const, message: 'x is NaN', text: 'the row', device: A }];
    const given = { ...submission([A, B], undefined, 77), rejected: 3, kept };
    expect(await door.accept(given)).toEqual({ duplicate: false });
    expect(writer.commits).toBe(1);
    const [record] = await samples();
    expect(record).toEqual({ receivedMs: 77, batch: given.batch });
    const [letter] = await log.read(TOPICS.deadLetter, 0, 0, Infinity);
    expect(JSON.parse(new TextDecoder().decode(letter.value)) as DeadLetter).toEqual({
      row: 2,
      code: 'non_finite',
      message: 'x is NaN',
      source: 'test',
      text: 'the row',
      receivedMs: 77,
    });
    expect(door.status()).toEqual({
      accepted: 2,
      rejected: 3,
      duplicateBatches: 0,
      devices: [
        { ...A, accepted: 1, rejected: 1 },
        { ...B, accepted: 1, rejected: 0 },
      ],
    });
  });

  it('does not resolve before the commit is on disk', async () => {
    const { door, writer, samples } = await setUp();
    let flush = () => {};
    writer.flushed = new Promise((resolve) => (flush = resolve));
    let answered = 0;
    const first = door.accept(submission([A], numbered(1))).then(() => answered++);
    await new Promise(setImmediate);
    const again = door.accept(submission([A], numbered(1))).then(() => answered++);
    await new Promise(setImmediate);
    expect([(await samples()).length, answered]).toEqual([1, 0]);
    flush();
    await Promise.all([first, again]);
    expect(answered).toBe(2);
  });

  it('cuts a batch of more than 65,536 rows into records of one commit', async () => {
    const { door, writer, samples } = await setUp();
    await door.accept(submission(Array.from({ length: 70_000 }, (_, i) => (i < 69_999 ? A : B))));
    const records = await samples();
    expect(records.map(({ batch }) => batch!.rows)).toEqual([65_536, 4_464]);
    const last = records[1].batch!;
    expect(last.streams[last.stream[4_463]].device).toBe('b');
    expect([last.creationMs[4_463], last.z[4_463], writer.commits]).toEqual([1, 6, 1]);
  });

  it('takes each number of a producer once', async () => {
    const { door, samples } = await setUp();
    const duplicates = [];
    for (const sequence of [1, 2, 2, 1, 3]) {
      duplicates.push((await door.accept(submission([A], numbered(sequence)))).duplicate);
    }
    expect(duplicates).toEqual([false, false, true, true, false]);
    expect((await samples()).map(({ producer, sequence }) => [producer, sequence])).toEqual([
      ['p', 1],
      ['p', 2],
      ['p', 3],
    ]);
    expect(door.producer('p')).toEqual({ producer: 'p', sequence: 3, finished: false });
    expect(door.producer('q')).toEqual({ producer: 'q', sequence: 0, finished: false });
    expect(door.status().duplicateBatches).toBe(2);
  });

  it('takes a number once that comes twice at the same time', async () => {
    const { door, samples } = await setUp();
    const receipts = await Promise.all([1, 1, 2, 1].map((n) => door.accept(submission([A], numbered(n)))));
    expect(receipts.map(({ duplicate }) => duplicate)).toEqual([false, true, false, true]);
    expect(await samples()).toHaveLength(2);
  });

  it('takes nothing of a batch behind a gap, and it when the gap is filled', async () => {
    const { door, writer, story } = await setUp();
    await expect(door.accept(submission([B], numbered(2)))).rejects.toMatchObject({
      code: 'sequence_gap',
      found: 2,
      expected: 1,
    });
    expect([writer.commits, door.producer('p').sequence]).toEqual([0, 0]);
    expect(await door.accept(submission([A], numbered(1)))).toEqual({ duplicate: false });
    await expect(door.accept(submission([A], numbered(3, true)))).rejects.toThrow(SequenceGapError);
    expect(door.producer('p')).toEqual({ producer: 'p', sequence: 1, finished: false });
    expect(await door.accept(submission([B], numbered(2)))).toEqual({ duplicate: false });
    expect(await story()).toEqual(['rows a', 'rows b']);
    expect(door.status()).toMatchObject({ accepted: 2, duplicateBatches: 0 });
  });

  it('refuses those behind a gap alone when several come at the same time', async () => {
    const { door, story } = await setUp();
    const settled = await Promise.allSettled(
      [1, 3, 2, 5].map((sequence) => door.accept(submission([A], numbered(sequence)))),
    );
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    expect(await story()).toEqual(['rows a', 'rows a']);
  });

  it('does not remember a number whose commit failed', async () => {
    const { door, writer, samples } = await setUp();
    writer.failing = 1;
    await expect(door.accept(submission([A], numbered(1)))).rejects.toThrow(LogFullError);
    await door.accept(submission([A], numbered(1, false, 'other')));
    expect(door.producer('p').sequence).toBe(0);
    expect(await door.accept(submission([A], numbered(1)))).toEqual({ duplicate: false });
    expect(await samples()).toHaveLength(2);
    expect(door.status().accepted).toBe(2);
  });

  it('knows after a restart what each producer has sent', async () => {
    const { door, open } = await setUp();
    for (const sequence of [1, 2, 3, 4]) await door.accept(submission([A], numbered(sequence)));
    await door.accept(submission([B], numbered(1, true, 'q')));
    const { door: again } = await open();
    expect(again.producer('p')).toEqual({ producer: 'p', sequence: 4, finished: false });
    expect(again.producer('q')).toEqual({ producer: 'q', sequence: 1, finished: true });
    expect(await again.accept(submission([A], numbered(4)))).toEqual({ duplicate: true });
  });

  it('writes nothing for a batch that came again', async () => {
    const { door, writer } = await setUp();
    await door.accept(submission([A], numbered(1, true)));
    await door.accept(submission([A], numbered(1, true)));
    expect(writer.commits).toBe(1);
  });

  it('counts a batch of refused rows alone as taken', async () => {
    const { door } = await setUp();
    const kept = [{ row: 1, code: 'malformed' as const, message: 'm', text: 't', device: null }];
    await door.accept({ ...submission([], numbered(1)), rejected: 1, kept });
    expect(door.producer('p').sequence).toBe(1);
  });

  it('is unavailable from a commit that the log refused to the next that it takes', async () => {
    const { door, writer } = await setUp();
    expect(door.unavailable()).toBeNull();
    writer.failing = 2;
    await expect(door.accept(submission([A]))).rejects.toThrow(LogFullError);
    expect(door.unavailable()).toBe('the disk is full');
    await expect(door.accept(submission([A], numbered(1)))).rejects.toThrow(LogFullError);
    expect(door.unavailable()).toBe('the disk is full');
    await door.accept(submission([A]));
    expect(door.unavailable()).toBeNull();
  });

  it('refuses a state of another version', async () => {
    const { open, writer } = await setUp();
    const snapshot = new TextEncoder().encode('{"version":2}');
    await writer.commit({ appends: [], step: { runner: 'front-door', inputs: [] }, snapshot });
    await expect(open()).rejects.toThrow(StateFormatError);
  });

  it('remembers the names of an open vocabulary across a restart', async () => {
    const { door, open } = await setUp({ activities: ActivityVocabulary.any });
    expect(door.activities.has('swim')).toBe(true);
    await door.accept({ ...submission([]), batch: batchOf([A], 'swim') });
    expect((await open()).door.activities.names).toEqual(['swim']);
  });
});

describe('FrontDoor.tick', () => {
  it('closes a silent device once, until rows of it come again', async () => {
    const { door, story } = await setUp();
    await door.accept(submission([A], undefined, 0));
    expect(await door.tick(999)).toEqual([]);
    expect(await door.tick(1000)).toEqual([A]);
    expect(await door.tick(5000)).toEqual([]);
    await door.accept(submission([A, B], undefined, 6000));
    expect(await door.tick(7000)).toEqual([A, B]);
    expect(await story()).toEqual(['rows a', 'tick a', 'rows a,b', 'tick a,b']);
  });

  it('closes devices that may be open from before the start', async () => {
    const { door } = await setUp({ devices: [A], nowMs: 500 });
    expect(await door.tick(1499)).toEqual([]);
    expect(await door.tick(1500)).toEqual([A]);
  });

  it('tries again after a tick that could not be written', async () => {
    const { door, writer, story } = await setUp();
    await door.accept(submission([A], undefined, 0));
    writer.failing = 1;
    await expect(door.tick(1000)).rejects.toThrow(LogFullError);
    expect(await door.tick(1001)).toEqual([A]);
    expect(await story()).toEqual(['rows a', 'tick a']);
  });

  it('notices that the log takes records again though no device is due, and leaves no record', async () => {
    const { door, writer, story } = await setUp();
    writer.failing = 2;
    await expect(door.accept(submission([A], undefined, 0))).rejects.toThrow(LogFullError);
    await expect(door.tick(1)).rejects.toThrow(LogFullError);
    expect(door.unavailable()).toBe('the disk is full');
    expect(await door.tick(2)).toEqual([]);
    expect(door.unavailable()).toBeNull();
    await door.tick(3);
    expect([writer.commits, await story()]).toEqual([3, []]);
  });

  it('leaves the devices of a producer open until it has finished, then closes them at once', async () => {
    const { door, story } = await setUp();
    await door.accept(submission([A], numbered(1)));
    await door.accept(submission([B], numbered(2)));
    expect(await door.tick(1e9)).toEqual([]);
    await door.accept(submission([B], numbered(3, true)));
    expect(await door.tick(2e9)).toEqual([]);
    expect(await story()).toEqual(['rows a', 'rows b', 'rows b', 'tick a,b']);
    expect(door.producer('p')).toEqual({ producer: 'p', sequence: 3, finished: true });
  });

  it('leaves them open across a restart, though they are among the devices from before', async () => {
    const { door, open, story } = await setUp({ devices: [A, B] });
    await door.accept(submission([A], numbered(1)));
    const { door: again } = await open();
    expect(await again.tick(1e9)).toEqual([B]);
    await again.accept(submission([], numbered(null, true)));
    expect(await story()).toEqual(['rows a', 'tick b', 'tick a']);
  });

  it('finishes a producer whose last batch comes again with the end', async () => {
    const { door, story } = await setUp();
    await door.accept(submission([A], numbered(1)));
    expect(await door.accept(submission([A], numbered(1, true)))).toEqual({ duplicate: true });
    expect(await story()).toEqual(['rows a', 'tick a']);
  });

  it('holds the devices on when the end could not be written', async () => {
    const { door, writer, story } = await setUp();
    await door.accept(submission([A], numbered(1)));
    writer.failing = 1;
    await expect(door.accept(submission([], numbered(null, true)))).rejects.toThrow(LogFullError);
    expect(await door.tick(1e9)).toEqual([]);
    await door.accept(submission([], numbered(null, true)));
    expect(await story()).toEqual(['rows a', 'tick a']);
  });

  it('does not close a device at the end of a producer when others have sent for it since', async () => {
    const { door, story } = await setUp();
    await door.accept(submission([A, B], numbered(1)));
    await door.accept(submission([A], undefined, 10));
    await door.accept(submission([], numbered(null, true)));
    expect(await story()).toEqual(['rows a,b', 'rows a', 'tick b']);
  });
});
