import { SampleBatchBuilder, TOPICS, encodeSamplesRecord } from '@hark/contracts';
import { recordedLearner, recordedWindower } from '@hark/service/recorded';
import { Runner, type ArtifactStore, type Log, type LogWriter, type Processor } from '@hark/streaming';

export const WINDOW_SETTINGS = {
  HARK_WINDOW_SIZE_MS: '1000',
  HARK_WINDOW_HOP_MS: '1000',
  HARK_LATENESS_MS: '0',
};
export const LEARNER_SETTINGS = {
  ...{ HARK_WINDOW_SIZE_MS: '1000', HARK_CLASSIFIER: 'softmax', HARK_VERSION_EVERY: '10' },
};

const RATE_HZ = 25;
const ACTIVITIES = ['walk', 'sit', 'stand'];

/** Windower and learner as the apps run them, on a log that may have been used before. */
export class RecordedService {
  private constructor(
    private readonly log: Log,
    private readonly ingest: LogWriter,
    private readonly gateway: LogWriter,
    private readonly runners: readonly Runner[],
  ) {}

  static async start(log: Log, artifacts: ArtifactStore): Promise<RecordedService> {
    const [ingest, learner] = [await log.writer('ingest'), await log.writer('learner')];
    const runner = async (
      name: string,
      writer: LogWriter,
      processor: Processor,
      inputs: readonly string[],
      settings: { readonly topic: string; readonly values: Readonly<Record<string, string>> },
    ): Promise<Runner> => {
      const made = new Runner({
        ...{ name, log, writer, artifacts, processor, settings: { ...settings, changeable: [] } },
        inputs: inputs.map((topic) => ({ topic, partition: 0 })),
        ...{ maxStepBytes: 20_000, snapshotEveryBytes: 100_000, sleep: () => Promise.resolve() },
      });
      await made.recover();
      return made;
    };
    return new RecordedService(log, ingest, await log.writer('gateway'), [
      await runner('windower', ingest, recordedWindower(WINDOW_SETTINGS), [TOPICS.samples], {
        ...{ topic: TOPICS.ingestSettings, values: WINDOW_SETTINGS },
      }),
      await runner(
        'learner',
        learner,
        await recordedLearner(LEARNER_SETTINGS, log, artifacts),
        [TOPICS.commands, TOPICS.labels, TOPICS.windows],
        { topic: TOPICS.learnerSettings, values: LEARNER_SETTINGS },
      ),
    ]);
  }

  /** A second of samples of each user in one record; a user's motion is the same whoever else is there. */
  async send(users: readonly string[], second: number): Promise<void> {
    const batch = new SampleBatchBuilder();
    for (const user of users) {
      const activity = (Math.floor(second / 7) + user.length) % ACTIVITIES.length;
      for (const sensor of ['accelerometer', 'gyroscope'] as const) {
        const stream = batch.streamOf(user, 'phone', 'test', sensor);
        const label = batch.labelOf(ACTIVITIES[activity]);
        for (let i = 0; i < RATE_HZ; i++) {
          const at = second * RATE_HZ + i;
          const swing = (activity + 1) * Math.sin(at * (activity + 1) + user.length);
          batch.push(stream, (at * 1000) / RATE_HZ, 0, at, swing, 9.8 - activity, 0.1 * user.length, label);
        }
      }
    }
    const value = encodeSamplesRecord({ batch: batch.take(), receivedMs: second });
    await this.ingest.commit({
      appends: [{ topic: TOPICS.samples, partition: 0, records: [{ key: '', value }] }],
    });
  }

  /** @param record null: one that was erased. */
  async tell(topic: string, record: unknown): Promise<void> {
    const value = new TextEncoder().encode(record === null ? '' : JSON.stringify(record));
    await this.gateway.commit({ appends: [{ topic, partition: 0, records: [{ key: '', value }] }] });
  }

  /** Takes everything there is. */
  async take(): Promise<void> {
    for (const runner of this.runners) while (await runner.step());
  }

  /** Stores the states of both. */
  async store(): Promise<void> {
    for (const runner of this.runners) {
      runner.storeStateSoon();
      await runner.step();
    }
  }

  /** All of a topic, as text. */
  async read(topic: string): Promise<string[]> {
    const records = await this.log.read(topic, 0, 0, 1 << 30);
    return records.map(({ value }) => Buffer.from(value).toString('latin1'));
  }
}
