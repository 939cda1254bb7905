import { createFeatureExtractor } from '@hark/features';
import {
  abortableSleep,
  failStart,
  kafkaOptions,
  learningOptions,
  openRetention,
  openStorage,
  ownAddress,
  readRunFile,
  serve,
  serveOptions,
} from '@hark/service';
import { SequencedLog } from '@hark/streaming';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from './clock.js';
import { localUrl } from './devices/ingest-door.js';
import { erasingApp } from './erasure/erasing-app.js';
import { ErasureJobs } from './erasure/erasure-jobs.js';
import { configureGateway } from './gateway.module.js';
import { createGateway } from './gateway.js';
import { registerGatewayMetrics } from './gateway-metrics.js';
import { gatewaySettings } from './settings.js';
import { SeveralGateways } from './several/several-gateways.js';

async function main(): Promise<void> {
  const settings = gatewaySettings(process.env);
  await serve(serveOptions('gateway', settings.HARK_GATEWAY_PORT, settings), async (context) => {
    const { health, logger, metrics, access } = context;
    const isEmbedded = kafkaOptions(settings) === null;
    const jobs = isEmbedded ? new ErasureJobs(settings.HARK_DATA, Date.now) : null;
    const erasing = jobs === null ? null : erasingApp(jobs, health, process.env);
    if (erasing !== null) return erasing;
    const isOne = settings.HARK_KAFKA_GATEWAYS === 'one';
    const { log, artifacts, kafka } = await openStorage(settings, context, isOne ? [] : ['gateway']);
    const several =
      isOne || kafka === null
        ? null
        : new SeveralGateways(
            {
              ...{ kafka: kafkaOptions(settings)!, log: kafka },
              orderOf: (topic) => (log instanceof SequencedLog ? log.orderOf(topic) : topic),
            },
            context,
          );
    const writer = several?.writer ?? (await log.writer('gateway'));
    const gateway = createGateway({
      log,
      writer,
      ...(several !== null && { several }),
      artifacts,
      clock: systemClock,
      sleep: abortableSleep,
      replayModel: {
        windows: settings.windows,
        features: () => createFeatureExtractor(settings.windows.sizeMs / 1000),
        learning: learningOptions(settings),
        tensorFlow: async () => {
          const { loadTensorFlow } = await import('@hark/models/tensorflow');
          return (await loadTensorFlow(settings.HARK_TENSORFLOW, settings.HARK_TFJS_NODE)).network;
        },
      },
      activities: settings.HARK_ACTIVITIES,
      sessions: { gapMs: settings.HARK_SESSION_GAP_MS },
      staleAfterMs: settings.HARK_STALE_AFTER_MS,
      alerts: settings.alerts,
      access,
      ...(jobs === null ? {} : { erasures: jobs }),
      onCorrupt: (error) => logger.error({ err: error }, `${error.message}; it is left out`),
      ingestUrl: () => {
        const running = readRunFile(settings.HARK_DATA, 'ingest');
        return running === null ? null : localUrl(running);
      },
      limits: {
        connections: settings.HARK_MAX_CONNECTIONS,
        subscriptions: settings.HARK_LIVE_SUBSCRIPTIONS,
        messagesPerSecond: settings.HARK_LIVE_MESSAGES_PER_SECOND,
      },
    });
    health.require('models', () => gateway.readiness());
    health.report('gateway', () => gateway.status());
    registerGatewayMetrics(metrics, gateway);
    await gateway.recover();
    const retention = openRetention(
      { app: 'gateway', log, writer, settings, storeState: (runner) => gateway.storeStateSoon(runner) },
      context,
    );
    let server: Server;
    const takePart = async (): Promise<void> => {
      const { port } = server.address() as AddressInfo;
      const address = ownAddress(settings.HARK_GATEWAY_ADDRESS, settings.HARK_HOST, port);
      await several?.run(address, gateway);
    };
    return {
      module: gateway.module,
      configure: (app) => {
        server = app.getHttpServer() as Server;
        configureGateway(app, several?.middleware(gateway.hub));
      },
      run: () => Promise.all([gateway.run(), retention?.run(), takePart()]).then(() => undefined),
      stop: async () => {
        several?.end();
        await retention?.stop();
        await gateway.stop();
        await several?.leave();
        await log.close();
      },
    };
  });
}

main().catch(failStart);
