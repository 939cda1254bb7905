import { TOPICS, encodeSamplesRecord } from '@hark/contracts';
import { Simulation } from '@hark/simulator';
import {
  MemoryArtifactStore,
  MemoryLog,
  Runner,
  type LogWriter,
  type Processor,
  type RunnerSettings,
} from '@hark/streaming';
import { recordedLearner, recordedWindower } from '@hark/service/recorded';

const WINDOWS = { HARK_WINDOW_SIZE_MS: '2560', HARK_WINDOW_HOP_MS: '1280', HARK_LATENESS_MS: '5000' };
const LEARNER = { HARK_CLASSIFIER: 'softmax', HARK_VERSION_EVERY: '20' };

/** Windower and learner on a log in memory, as the apps run them, fed with simulated devices. */
export class SmallService {
  readonly log = new MemoryLog({ now: () => 0 });
  readonly artifacts = new MemoryArtifactStore();
  private readonly samples: Uint8Array[];
  private ingest!: LogWriter;

  constructor(users = 2, minutes = 2) {
    const simulation = new Simulation({ users, devices: users, durationSeconds: minutes * 60, seed: 5 });
    this.samples = [...simulation].map(({ batch }) => encodeSamplesRecord({ batch, receivedMs: 0 }));
  }

  /** Commits a part of the samples. */
  async send(share: number): Promise<void> {
    const part = this.samples.splice(0, Math.ceil(this.samples.length * share));
    for (const value of part) {
      await this.ingest.commit({
        appends: [{ topic: TOPICS.samples, partition: 0, records: [{ key: '', value }] }],
      });
    }
  }

  async command(topic: string, command: unknown): Promise<void> {
    const value = new TextEncoder().encode(JSON.stringify(command));
    const gateway = await this.log.writer('gateway');
    await gateway.commit({ appends: [{ topic, partition: 0, records: [{ key: '', value }] }] });
  }

  /** Starts both, takes everything there is, and ends them: stopped cleanly, or killed. */
  async run(
    during: () => Promise<void>,
    how: 'stopped' | 'killed',
    more: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    this.ingest = await this.log.writer('ingest');
    const learner = { ...LEARNER, ...more };
    const runners = [
      await this.runner('windower', this.ingest, recordedWindower(WINDOWS), [TOPICS.samples], {
        ...{ topic: TOPICS.ingestSettings, values: WINDOWS, changeable: [] },
      }),
      await this.runner(
        'learner',
        await this.log.writer('learner'),
        await recordedLearner(learner, this.log, this.artifacts),
        [TOPICS.commands, TOPICS.labels, TOPICS.windows],
        { topic: TOPICS.learnerSettings, values: learner, changeable: ['HARK_VERSION_EVERY'] },
      ),
    ];
    await during();
    for (const runner of runners) while (await runner.step());
    if (how === 'killed') return;
    const stop = new AbortController();
    stop.abort();
    for (const runner of runners) await runner.run(stop.signal);
  }

  private async runner(
    name: string,
    writer: LogWriter,
    processor: Processor,
    inputs: readonly string[],
    settings: RunnerSettings,
  ): Promise<Runner> {
    const runner = new Runner({
      ...{ name, log: this.log, writer, processor, settings, artifacts: this.artifacts },
      inputs: inputs.map((topic) => ({ topic, partition: 0 })),
      maxStepBytes: 30_000,
      snapshotEveryBytes: 100_000,
      sleep: () => Promise.resolve(),
    });
    await runner.recover();
    return runner;
  }
}
