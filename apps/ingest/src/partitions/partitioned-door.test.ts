import { SampleBatchBuilder, ActivityVocabulary, TOPICS, decodeSamplesRecord } from '@hark/contracts';
import { LogAwayError, MemoryLog, partitionOf, type LogWriter } from '@hark/streaming';
import { describe, expect, it } from 'vitest';
import { FrontDoor } from '../front-door/front-door.js';
import { KnownActivities } from '../front-door/known-activities.js';
import type { Numbering, Submission } from '../front-door/submission.js';
import { decodePart, encodePart } from './part-message.js';
import { PartitionAwayError } from './partition-away-error.js';
import { PartitionedDoor } from './partitioned-door.js';

const PARTITIONS = 3;
/** A user of each partition. */
const USERS = ['anna', 'bob', 'cleo', 'dora', 'emil', 'fred', 'gus', 'hedi'];
const userOf = (partition: number) => USERS.find((user) => partitionOf(user, PARTITIONS) === partition)!;
/** A producer at home in a partition. */
const producerOf = (partition: number) =>
  Array.from({ length: 20 }, (_, i) => `p${i}`).find((id) => partitionOf(id, PARTITIONS) === partition)!;

/** Two processes that share the partitions of one log; each partition has a log in memory of its own. */
async function twoProcesses() {
  const logs = Array.from({ length: PARTITIONS }, () => new MemoryLog({ now: () => 1 }));
  const broken = new Set<number>();
  const doors: FrontDoor[] = [];
  for (const log of logs) {
    const writer = await log.writer('ingest');
    const partition = doors.length;
    const failing: LogWriter = {
      commit: (commit) =>
        broken.has(partition) ? Promise.reject(new LogAwayError('away')) : writer.commit(commit),
      durable: () => writer.durable(),
      runnerState: (runner) => writer.runnerState(runner),
      close: () => writer.close(),
    };
    doors.push(
      await FrontDoor.open({
        ...{ writer: failing, activities: ActivityVocabulary.hhar, idleTimeoutMs: 1000, devices: [] },
        nowMs: 0,
      }),
    );
  }
  const away = new Set<number>();
  const processes: PartitionedDoor[] = [];
  const holder = [0, 1, 1];
  for (const self of [0, 1])
    processes.push(
      new PartitionedDoor({
        partitions: PARTITIONS,
        activities: new KnownActivities(ActivityVocabulary.hhar),
        local: (partition) => (holder[partition] === self && !away.has(partition) ? doors[partition] : null),
        peers: {
          accept: async (partition, submission) => {
            const receipt = await processes[holder[partition]].takeHandedOn(
              partition,
              decodePart(encodePart(submission)),
            );
            if (receipt === null) throw new PartitionAwayError(partition);
            return receipt;
          },
          producer: async (partition, id) => doors[partition].producer(id),
        },
      }),
    );
  const rows = async () => {
    const found: string[][] = [];
    for (const log of logs) {
      const records = await log.read(TOPICS.samples, 0, 0, 1 << 30);
      found.push(
        records.flatMap(({ value }) => {
          const { batch } = decodeSamplesRecord(value);
          if (batch === undefined || batch === null) return [];
          return Array.from(
            { length: batch.rows },
            (_, i) => `${batch.streams[batch.stream[i]].user}${batch.x[i]}`,
          );
        }),
      );
    }
    return found;
  };
  return { processes, rows, away, broken };
}

function submission(
  rows: readonly (readonly [user: string, x: number])[],
  numbering?: Numbering,
): Submission {
  const builder = new SampleBatchBuilder();
  for (const [user, x] of rows)
    builder.push(
      builder.streamOf(user, 'phone', 'nexus4', 'accelerometer'),
      5,
      6,
      7,
      x,
      8,
      9,
      builder.labelOf('walk'),
    );
  return { batch: builder.take(), rejected: 0, kept: [], source: 'http', receivedMs: 10, numbering };
}

const [a, b, c] = [userOf(0), userOf(1), userOf(2)];
const mixed = [
  [a, 1],
  [b, 2],
  [c, 3],
  [a, 4],
  [b, 5],
] as const;
const apart = [[`${a}1`, `${a}4`], [`${b}2`, `${b}5`], [`${c}3`]];

describe('the front door of several processes', () => {
  it('puts each row into the partition of its user, whichever process it came to', async () => {
    for (const came of [0, 1]) {
      const { processes, rows } = await twoProcesses();
      expect(await processes[came].accept(submission(mixed))).toEqual({ duplicate: false });
      expect(await rows()).toEqual(apart);
    }
  });

  it('takes a numbered batch once, wherever its producer is at home and whichever process it comes to', async () => {
    for (const home of [0, 1, 2]) {
      const { processes, rows } = await twoProcesses();
      const numbering = { producer: producerOf(home), sequence: 1, end: false };
      expect(await processes[0].accept(submission(mixed, numbering))).toEqual({ duplicate: false });
      expect(await processes[1].accept(submission(mixed, numbering))).toEqual({ duplicate: true });
      expect(await rows()).toEqual(apart);
      expect(await processes[0].producer(numbering.producer)).toMatchObject({ sequence: 1, finished: false });
    }
  });

  it('takes the rest of a numbered batch of which a part has failed, and nothing twice', async () => {
    for (const failing of [0, 1, 2]) {
      const { processes, rows, broken } = await twoProcesses();
      const numbering = { producer: producerOf(0), sequence: 1, end: false };
      broken.add(failing);
      await expect(processes[0].accept(submission(mixed, numbering))).rejects.toBeInstanceOf(Error);
      expect((await rows())[failing]).toEqual([]);
      broken.clear();
      expect(await processes[1].accept(submission(mixed, numbering))).toEqual({ duplicate: false });
      expect(await rows()).toEqual(apart);
    }
  });

  it('refuses a batch that leaves a number out, before any part of it is taken', async () => {
    const { processes, rows } = await twoProcesses();
    const numbering = { producer: producerOf(1), sequence: 2, end: false };
    await expect(processes[0].accept(submission(mixed, numbering))).rejects.toMatchObject({
      code: 'sequence_gap',
      expected: 1,
    });
    expect(await rows()).toEqual([[], [], []]);
  });

  it('takes the batches of a producer in their order, also when they come at once', async () => {
    const { processes, rows } = await twoProcesses();
    const producer = producerOf(2);
    const batches = [1, 2, 3, 4].map((sequence) =>
      processes[sequence % 2].accept(
        submission(
          [
            [a, sequence],
            [b, sequence],
          ],
          { producer, sequence, end: sequence === 4 },
        ),
      ),
    );
    await Promise.all(batches);
    expect(await rows()).toEqual([
      [1, 2, 3, 4].map((n) => `${a}${n}`),
      [1, 2, 3, 4].map((n) => `${b}${n}`),
      [],
    ]);
    expect(await processes[1].producer(producer)).toMatchObject({ sequence: 4, finished: true });
  });

  it('says that a partition is moving, and takes the rows of the others', async () => {
    const { processes, rows, away } = await twoProcesses();
    away.add(2);
    await expect(processes[0].accept(submission(mixed))).rejects.toMatchObject({ code: 'partition_away' });
    expect(await rows()).toEqual([apart[0], apart[1], []]);
    expect(await processes[0].accept(submission([[a, 9]]))).toEqual({ duplicate: false });
  });
});
