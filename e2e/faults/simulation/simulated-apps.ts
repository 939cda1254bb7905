import { createHash } from 'node:crypto';
import { ActivityVocabulary, TOPICS } from '@hark/contracts';
import { Learner, classifierByName } from '@hark/models';
import {
  Runner,
  Windower,
  type ArtifactStore,
  type Log,
  type LogWriter,
  type Processor,
  type WindowFeatures,
} from '@hark/streaming';
import { FrontDoor } from '../../../apps/ingest/src/front-door/front-door.js';
import type { Rounds, SimulatedDisk } from './simulated-disk.js';

export const WINDOWS = {
  sizeMs: 1000,
  hopMs: 500,
  latenessMs: 800,
  sensorLagMs: 2000,
  aheadMs: 30_000,
  watermark: 'device',
} as const;

/** Few and quick, and any sample lost, doubled or swapped moves them: count, mean and weighted mean of x. */
export const FEATURES: WindowFeatures = {
  schema: 'simulated',
  extract({ accelerometer, gyroscope }) {
    const features = new Float64Array(6);
    [accelerometer, gyroscope].forEach(({ length, x, y }, sensor) => {
      let sum = 0;
      let weighted = 0;
      for (let i = 0; i < length; i++) {
        sum += x[i];
        weighted += (i + 1) * y[i];
      }
      features[3 * sensor] = length;
      features[3 * sensor + 1] = length === 0 ? 0 : sum / length;
      features[3 * sensor + 2] = weighted;
    });
    return features;
  },
};

export const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export const newWindower = () => new Windower(WINDOWS, FEATURES);

export function newLearner(log: Log, artifacts: ArtifactStore): Learner {
  return new Learner(
    {
      classifier: classifierByName('softmax'),
      featureSchema: FEATURES.schema,
      featureNames: ['n', 'mean', 'weighted', 'gn', 'gmean', 'gweighted'],
      versionEvery: 15,
      versionsKept: 6,
      labelHorizonMs: 5000,
    },
    { artifacts, digest, windowAt: (offset) => log.lookUp(TOPICS.windows, 0, offset)?.value ?? null },
  );
}

/** What the learner reads, in the order of its settings. */
export const LEARNER_INPUTS = [TOPICS.commands, TOPICS.labels, TOPICS.windows].map((topic) => ({
  topic,
  partition: 0,
}));

/** A process of the service, from its start to its death. */
export interface SimulatedApp {
  readonly disk: SimulatedDisk;
  /** Ends with an error when the process cannot go on: a supervisor starts another. */
  readonly running: Promise<void>;
}

export interface SimulatedIngest extends SimulatedApp {
  readonly frontDoor: FrontDoor;
  readonly windower: Windower;
}

export interface AppWorld {
  readonly log: Log;
  readonly artifacts: ArtifactStore;
  readonly rounds: Rounds;
  nowMs(): number;
}

export async function startIngest(world: AppWorld, disk: SimulatedDisk): Promise<SimulatedIngest> {
  const writer = await disk.writer('ingest');
  const windower = newWindower();
  const runner = runnerOf(world, writer, 'windower', windower, [{ topic: TOPICS.samples, partition: 0 }]);
  await runner.recover();
  const frontDoor = await FrontDoor.open({
    writer,
    activities: ActivityVocabulary.hhar,
    idleTimeoutMs: 4000,
    devices: windower.openDevices(),
    nowMs: world.nowMs(),
  });
  return { disk, frontDoor, windower, running: runUntilDead(runner, disk, world.rounds) };
}

export async function startLearner(world: AppWorld, disk: SimulatedDisk): Promise<SimulatedApp> {
  const writer = await disk.writer('learner');
  const learner = newLearner(world.log, world.artifacts);
  const runner = runnerOf(world, writer, 'learner', learner, LEARNER_INPUTS);
  await runner.recover();
  return { disk, running: runUntilDead(runner, disk, world.rounds) };
}

function runnerOf(
  { log, artifacts, rounds }: AppWorld,
  writer: LogWriter,
  name: string,
  processor: Processor,
  inputs: readonly { topic: string; partition: number }[],
): Runner {
  return new Runner({
    name,
    log,
    writer,
    artifacts,
    processor,
    inputs,
    maxStepBytes: 1500,
    snapshotEveryBytes: 6000,
    sleep: () => rounds.after(2),
  });
}

/** Steps, and a round of rest where there is nothing to take. */
async function runUntilDead(runner: Runner, disk: SimulatedDisk, rounds: Rounds): Promise<void> {
  while (!disk.isDead) if (!(await runner.step())) await rounds.after(1);
}
