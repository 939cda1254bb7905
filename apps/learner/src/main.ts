import { createHash } from 'node:crypto';
import { Module } from '@nestjs/common';
import { TOPICS } from '@hark/contracts';
import { createFeatureExtractor } from '@hark/features';
import { Learner, UnknownClassifierError, type ClassifierFactory } from '@hark/models';
import {
  RunnerHost,
  failStart,
  learnerOptions,
  openRetention,
  openStorage,
  recordedLearnerSettings,
  serve,
  serveOptions,
} from '@hark/service';
import { loadClassifiers, type Classifiers } from './classifiers.js';
import { registerLearnerMetrics } from './learner-metrics.js';
import { LEARNER_NAMES, learnerSettings } from './settings.js';

/** The learner has no routes of its own: what it does is in the log, how it fares on its status page. */
@Module({})
class LearnerModule {}

async function main(): Promise<void> {
  const settings = learnerSettings(process.env);
  await serve(serveOptions('learner', settings.HARK_LEARNER_PORT, settings), async (context) => {
    const { log, artifacts } = await openStorage(settings, context);
    const writer = await log.writer('learner');
    const features = createFeatureExtractor(settings.windows.sizeMs / 1000);
    const { byName, tensorFlow } = await loadClassifiers(
      settings.HARK_CHALLENGERS.includes('tfjs'),
      settings,
      context.logger,
    );
    const learner = new Learner(
      {
        ...learnerOptions(settings, (name) => named(byName, name)),
        classifiers: byName,
        featureSchema: features.schema,
        featureNames: features.names,
      },
      {
        artifacts,
        digest: (bytes) => createHash('sha256').update(bytes).digest('hex'),
        windowAt: (offset) => log.lookUp(TOPICS.windows, 0, offset)?.value ?? null,
      },
    );
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
        settings: {
          topic: TOPICS.learnerSettings,
          ...recordedLearnerSettings(settings, LEARNER_NAMES, tensorFlow?.backend ?? null),
        },
      },
      context,
    );
    context.health.report('model', () => learner.status());
    registerLearnerMetrics(context.metrics, learner);
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

/** The settings let no other name in. */
function named(byName: Classifiers['byName'], name: string): ClassifierFactory {
  const factory = byName(name);
  if (factory === null) throw new UnknownClassifierError(name);
  return factory;
}

main().catch(failStart);
