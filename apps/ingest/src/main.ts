import { join } from 'node:path';
import { TOPICS } from '@hark/contracts';
import { createFeatureExtractor } from '@hark/features';
import { RunnerHost, failStart, serve } from '@hark/service';
import { Windower } from '@hark/streaming';
import { FileArtifactStore, LmdbLog } from '@hark/streaming/adapters';
import { FrontDoor } from './front-door/front-door.js';
import { FrontDoorModule } from './front-door/front-door.module.js';
import { IdleClock } from './idle-clock.js';
import { registerSampleMetrics } from './sample-metrics.js';
import { ingestSettings } from './settings.js';

async function main(): Promise<void> {
  const settings = ingestSettings(process.env);
  await serve(
    {
      app: 'ingest',
      dataFolder: settings.HARK_DATA,
      host: settings.HARK_HOST,
      port: settings.HARK_INGEST_PORT,
      logLevel: settings.HARK_LOG_LEVEL,
      supervised: settings.HARK_SUPERVISED === '1',
    },
    async (context) => {
      const { health, metrics, logger } = context;
      const log = new LmdbLog({ dir: join(settings.HARK_DATA, 'log') });
      const writer = await log.writer('ingest');
      const windower = new Windower(settings.windows, createFeatureExtractor(settings.windows.sizeMs / 1000));
      const host = new RunnerHost(
        {
          name: 'windower',
          log,
          writer,
          artifacts: new FileArtifactStore(join(settings.HARK_DATA, 'artifacts')),
          processor: windower,
          inputs: [{ topic: TOPICS.samples, partition: 0 }],
          maxStepBytes: 512 * 1024,
          snapshotEveryBytes: 64 * 1024 * 1024,
          maxLagRecords: 1000,
        },
        context,
      );
      await host.recover();
      const frontDoor = await FrontDoor.open({
        writer,
        activities: settings.activities,
        idleTimeoutMs: settings.HARK_IDLE_TIMEOUT_MS,
        devices: windower.openDevices(),
        nowMs: Date.now(),
      });
      health.require('frontDoor', () => frontDoor.unavailable());
      health.report('frontDoor', () => frontDoor.status());
      health.report('devices', () => windower.status());
      registerSampleMetrics(metrics, windower);
      const idle = new IdleClock(frontDoor, settings.HARK_IDLE_TIMEOUT_MS, logger);
      return {
        module: FrontDoorModule.register(frontDoor, {
          now: Date.now,
          maxInFlightBytes: settings.HARK_MAX_IN_FLIGHT_MB * 1024 * 1024,
        }),
        run: () => {
          idle.start();
          return host.run();
        },
        stop: async () => {
          await idle.stop();
          await host.stop();
          await log.close();
        },
      };
    },
  );
}

main().catch(failStart);
