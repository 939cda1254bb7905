import { TOPICS } from '@hark/contracts';
import { createFeatureExtractor } from '@hark/features';
import { RunnerHost, failStart, openDataFolder, serve, serveOptions } from '@hark/service';
import { Windower } from '@hark/streaming';
import { FrontDoor } from './front-door/front-door.js';
import { FrontDoorModule } from './front-door/front-door.module.js';
import { IdleClock } from './idle-clock.js';
import { registerSampleMetrics } from './sample-metrics.js';
import { ingestSettings } from './settings.js';

async function main(): Promise<void> {
  const settings = ingestSettings(process.env);
  await serve(serveOptions('ingest', settings.HARK_INGEST_PORT, settings), async (context) => {
    const { health, metrics, logger } = context;
    const { log, artifacts } = openDataFolder(settings.HARK_DATA);
    const writer = await log.writer('ingest');
    const windower = new Windower(settings.windows, createFeatureExtractor(settings.windows.sizeMs / 1000));
    const host = new RunnerHost(
      {
        name: 'windower',
        log,
        writer,
        artifacts,
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
  });
}

main().catch(failStart);
