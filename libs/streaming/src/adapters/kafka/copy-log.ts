import type { Log, LogRecord, LogWriter } from '../../log/log.js';
import type { TopicOwners } from '../../log/topic-owners.js';

const READ_BYTES = 4 << 20;
const STEPS = 1000;

/** How far a copy has come. */
export interface CopyProgress {
  readonly topic: string;
  readonly records: number;
}

export interface CopyOptions {
  readonly owners: TopicOwners;
  readonly from: Log & { runners(app: string): readonly string[] };
  readonly to: Log;
  /** Called before each commit with the time that its records are to have in the copy. */
  readonly stamp: (timestamp: number) => void;
  readonly onProgress?: (progress: CopyProgress) => void;
}

/**
 * Copies a log: records with their offsets and times, and the journals and states of its runners, so that the apps go
 * on in the copy where they stood. What was copied before is not copied again. Nobody else writes either meanwhile: the
 * writers of both are taken over.
 */
export async function copyLog({ owners, from, to, stamp, onProgress }: CopyOptions): Promise<void> {
  for (const [app, topics] of Object.entries(owners)) {
    const source = await from.writer(app);
    const writer = await to.writer(app);
    for (const topic of topics) {
      for (;;) {
        const next = await to.end(topic, 0);
        const records = await from.read(topic, 0, next, READ_BYTES);
        if (records.length === 0) break;
        await append(writer, topic, records, stamp);
        onProgress?.({ topic, records: next + records.length });
      }
    }
    for (const runner of from.runners(app)) await copyRunner(app, runner, from, source, writer);
    await source.close();
    await writer.close();
  }
}

/** Records of one time are one commit. */
async function append(
  writer: LogWriter,
  topic: string,
  records: readonly LogRecord[],
  stamp: (timestamp: number) => void,
): Promise<void> {
  const commits: Promise<unknown>[] = [];
  for (let from = 0; from < records.length;) {
    const { timestamp } = records[from];
    let to = from + 1;
    while (to < records.length && records[to].timestamp === timestamp) to++;
    stamp(timestamp);
    commits.push(writer.commit({ appends: [{ topic, partition: 0, records: records.slice(from, to) }] }));
    from = to;
  }
  await Promise.all(commits);
}

async function copyRunner(
  app: string,
  runner: string,
  from: Log,
  source: LogWriter,
  writer: LogWriter,
): Promise<void> {
  const { snapshot } = await source.runnerState(runner);
  for (let next = (await writer.runnerState(runner)).steps; ;) {
    const steps = await from.steps(app, runner, next, STEPS);
    if (steps.length === 0) return;
    await Promise.all(
      steps.map((inputs, i) =>
        writer.commit({
          appends: [],
          step: { runner, inputs },
          ...(snapshot?.step === next + i + 1 && { snapshot: snapshot.state }),
        }),
      ),
    );
    next += steps.length;
  }
}
