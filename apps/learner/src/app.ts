import { Module } from '@nestjs/common';
import { TOPICS } from '@hark/contracts';
import { Learner } from '@hark/models';
import {
  RunnerHost,
  failStart,
  kafkaOptions,
  openRetention,
  openStorage,
  recordedLearnerSettings,
  serve,
  serveOptions,
} from '@hark/service';
import { loadClassifiers } from './classifiers.js';
import { registerLearnerMetrics } from './learner-metrics.js';
import { digest, learnerParts } from './learner-parts.js';
import { partitionedLearner } from './partitions/partitioned-learner.js';
import { LEARNER_NAMES, learnerSettings } from './settings.js';

/** The learner has no routes of its own: what it does is in the log, how it fares on its status page. */
@Module({})
class LearnerModule {}

async function main(): Promise<void> {
  const settings = learnerSettings(process.env);
  await serve(serveOptions('learner', settings.HARK_LEARNER_PORT, settings), async (context) => {
    const { log, artifacts, partitioned } = await openStorage(settings, context);
    const classifiers = await loadClassifiers(
      settings.HARK_CHALLENGERS.includes('tfjs'),
      settings,
      context.logger,
    );
    const { tensorFlow } = classifiers;
    const options = learnerParts(settings, classifiers);
    const recorded = {
      topic: TOPICS.learnerSettings,
      ...recordedLearnerSettings(settings, LEARNER_NAMES, tensorFlow?.backend ?? null),
    };
    if (partitioned !== null && settings.HARK_KAFKA_LEARNERS === 'several')
      return {
        module: LearnerModule,
        ...partitionedLearner(
          {
            ...{ kafka: kafkaOptions(settings)!, log: partitioned, sequenced: log, artifacts },
            ...{ settings, options, recorded },
          },
          context,
        ),
      };
    const writer = await log.writer('learner');
    const learner = new Learner(options, {
      ...{ artifacts, digest },
      windowAt: (offset) => log.lookUp(TOPICS.windows, 0, offset)?.value ?? null,
    });
    const host = new RunnerHost(
      {
        name: 'learner',
        log,
        writer,
        artifacts,
        processor: learner,
        // Commands and labels first: they take effect before the windows that wait behind them.
        inputs: [
          { topic: TOPICS.commands, partition: 0 },
          { topic: TOPICS.labels, partition: 0 },
          { topic: TOPICS.windows, partition: 0 },
        ],
        maxStepBytes: 256 * 1024,
        snapshotEveryBytes: 2 * 1024 * 1024,
        saidOfArtifacts: TOPICS.models,
        settings: recorded,
      },
      context,
    );
    context.health.report('model', () => learner.status());
    registerLearnerMetrics(context.metrics, () => [{ labels: {}, status: learner.status() }]);
    if (tensorFlow !== null) context.health.report('tensorflow', () => tensorFlow);
    await host.recover();
    const retention = openRetention(
      { app: 'learner', log, writer, settings, storeState: () => host.storeStateSoon() },
      context,
    );
    return {
      module: LearnerModule,
      run: () => Promise.all([host.run(), retention?.run()]).then(() => undefined),
      stop: async () => {
        await retention?.stop();
        await host.stop();
        await log.close();
      },
    };
  });
}

main().catch(failStart);
