import { createHash } from 'node:crypto';
import { Module } from '@nestjs/common';
import { TOPICS } from '@hark/contracts';
import { createFeatureExtractor } from '@hark/features';
import { Learner, classifierByName } from '@hark/models';
import { RunnerHost, failStart, openDataFolder, serve, serveOptions } from '@hark/service';
import { learnerSettings } from './settings.js';

/** The learner has no routes of its own: what it does is in the log, how it fares on its status page. */
@Module({})
class LearnerModule {}

async function main(): Promise<void> {
  const settings = learnerSettings(process.env);
  await serve(serveOptions('learner', settings.HARK_LEARNER_PORT, settings), async (context) => {
    const { log, artifacts } = openDataFolder(settings.HARK_DATA);
    const writer = await log.writer('learner');
    const features = createFeatureExtractor(settings.windows.sizeMs / 1000);
    const learner = new Learner(
      {
        classifier: classifierByName(settings.HARK_CLASSIFIER),
        featureSchema: features.schema,
        dimensions: features.names.length,
        versionEvery: settings.HARK_VERSION_EVERY,
        confidenceThreshold: settings.HARK_MIN_CONFIDENCE,
        onDrift: settings.HARK_ON_DRIFT,
      },
      { artifacts, digest: (bytes) => createHash('sha256').update(bytes).digest('hex') },
    );
    const host = new RunnerHost(
      {
        name: 'learner',
        log,
        writer,
        artifacts,
        processor: learner,
        // Commands first: a rollback takes effect before the windows that wait behind it.
        inputs: [
          { topic: TOPICS.commands, partition: 0 },
          { topic: TOPICS.windows, partition: 0 },
        ],
        maxStepBytes: 256 * 1024,
        snapshotEveryBytes: 8 * 1024 * 1024,
      },
      context,
    );
    context.health.report('model', () => learner.status());
    await host.recover();
    return {
      module: LearnerModule,
      run: () => host.run(),
      stop: async () => {
        await host.stop();
        await log.close();
      },
    };
  });
}

main().catch(failStart);
