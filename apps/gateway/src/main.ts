import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFeatureExtractor } from '@hark/features';
import { failStart, serve } from '@hark/service';
import { FileArtifactStore, LmdbLog } from '@hark/streaming/adapters';
import { systemClock } from './clock.js';
import { configureGateway } from './gateway.module.js';
import { createGateway } from './gateway.js';
import { registerGatewayMetrics } from './gateway-metrics.js';
import { gatewaySettings } from './settings.js';

async function main(): Promise<void> {
  const settings = gatewaySettings(process.env);
  await serve(
    {
      app: 'gateway',
      dataFolder: settings.HARK_DATA,
      host: settings.HARK_HOST,
      port: settings.HARK_GATEWAY_PORT,
      logLevel: settings.HARK_LOG_LEVEL,
      supervised: settings.HARK_SUPERVISED === '1',
    },
    async ({ health, metrics }) => {
      const log = new LmdbLog({ dir: join(settings.HARK_DATA, 'log') });
      const gateway = createGateway({
        log,
        writer: await log.writer('gateway'),
        artifacts: new FileArtifactStore(join(settings.HARK_DATA, 'artifacts')),
        clock: systemClock,
        sleep: (milliseconds, signal) =>
          sleep(milliseconds, undefined, { signal, ref: false }).catch(() => undefined),
        replayModel: {
          windows: settings.windows,
          features: () => createFeatureExtractor(settings.windows.sizeMs / 1000),
          confidenceThreshold: settings.HARK_MIN_CONFIDENCE,
          onDrift: settings.HARK_ON_DRIFT,
        },
        sessions: { gapMs: settings.HARK_SESSION_GAP_MS },
      });
      health.require('models', () => gateway.readiness());
      health.report('gateway', () => gateway.status());
      registerGatewayMetrics(metrics, gateway);
      await gateway.recover();
      return {
        module: gateway.module,
        configure: configureGateway,
        run: () => gateway.run(),
        stop: async () => {
          await gateway.stop();
          await log.close();
        },
      };
    },
  );
}

main().catch(failStart);
