import { TOPICS, deviceKey, encodeWindowRecord, type WindowRecord } from '@hark/contracts';
import { Learner, classifierByName, type LearnerOptions } from '@hark/models';
import { Runner, type ArtifactStore, type Log, type NewRecord } from '@hark/streaming';
import { sha256 } from '../models/stored-state.js';
import { meanFeatures } from './mean-features.js';

/** A learner that moves when told to: the real one, on the real log. */
export async function testLearner(
  log: Log,
  artifacts: ArtifactStore,
  versionEvery = 4,
  options: Partial<LearnerOptions> = {},
) {
  const learner = new Learner(
    {
      ...{
        classifier: classifierByName('rls'),
        featureSchema: meanFeatures.schema,
        featureNames: meanFeatures.names,
        versionEvery,
      },
      ...{ labelHorizonMs: 3_600_000, ...options },
    },
    {
      artifacts,
      digest: sha256,
      windowAt: (offset) => log.lookUp(TOPICS.windows, 0, offset)?.value ?? null,
    },
  );
  const writer = await log.writer('learner');
  const runner = new Runner({
    name: 'learner',
    log,
    writer,
    artifacts,
    processor: learner,
    inputs: [
      { topic: TOPICS.commands, partition: 0 },
      { topic: TOPICS.labels, partition: 0 },
      { topic: TOPICS.windows, partition: 0 },
    ],
    maxStepBytes: 1 << 20,
    snapshotEveryBytes: 1 << 30,
    sleep: () => Promise.resolve(),
  });
  await runner.recover();
  return {
    writer,
    /** Takes everything that stands in the log. */
    step: async () => {
      while (await runner.step());
    },
  };
}

/** A final, labelled window whose features say its label. */
export function windowRecord(fields: Partial<WindowRecord> & { readonly startMs: number }): NewRecord {
  const label = fields.label === undefined ? 'walk' : fields.label;
  const window: WindowRecord = {
    user: 'a',
    device: 'gear_1',
    model: 'gear',
    sizeMs: 2560,
    revision: 0,
    final: true,
    accelerometer: 256,
    gyroscope: 256,
    late: 0,
    duplicates: 0,
    label,
    features: label === 'walk' ? Float64Array.of(5, 0, 9) : Float64Array.of(0, 0, 9.8),
    featureSchema: meanFeatures.schema,
    receivedMs: 1000,
    ...fields,
  };
  return { key: deviceKey(window), value: encodeWindowRecord(window) };
}
