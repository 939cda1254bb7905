import { TOPICS } from '@hark/contracts';
import { createFeatureExtractor } from '@hark/features';
import {
  RunnerHost,
  abortableSleep,
  failStart,
  kafkaOptions,
  openRetention,
  openStorage,
  recordedWindowSettings,
  serve,
  serveOptions,
} from '@hark/service';
import { Windower } from '@hark/streaming';
import { tellOfSamples } from './devices/connections/samples-attempts.js';
import { Devices } from './devices/devices.js';
import { FrontDoor } from './front-door/front-door.js';
import { FrontDoorModule } from './front-door/front-door.module.js';
import { KafkaSource } from './kafka-source/kafka-source.js';
import { IdleClock } from './idle-clock.js';
import { partitionedIngest } from './partitions/partitioned-ingest.js';
import { Phones } from './phones/phones.js';
import { IngestReports } from './reports/ingest-reports.js';
import { reportKafka } from './reports/kafka/report-kafka-settings.js';
import { registerSampleMetrics } from './sample-metrics.js';
import { ingestSettings } from './settings.js';
import { WatchedFolder } from './watched-folder/watched-folder.js';

async function main(): Promise<void> {
  const settings = ingestSettings(process.env);
  await serve(serveOptions('ingest', settings.HARK_INGEST_PORT, settings), async (context) => {
    const { health, metrics, logger, access } = context;
    const { log, artifacts, partitioned } = await openStorage(settings, context);
    if (partitioned !== null)
      return partitionedIngest(
        { kafka: kafkaOptions(settings)!, log: partitioned, sequenced: log, artifacts, settings },
        context,
      );
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
        maxLongStepBytes: 4 * 1024 * 1024,
        snapshotEveryBytes: 8 * 1024 * 1024,
        settings: { topic: TOPICS.ingestSettings, ...recordedWindowSettings(settings) },
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
    const latenessMs = settings.HARK_LATENESS_MS;
    const devices = new Devices({ frontDoor, access, now: Date.now, latenessMs });
    health.report('deviceSockets', () => devices.status());
    const { connections } = devices;
    const phones = await Phones.open({
      ...{ log, writer, frontDoor, connections, access, logger, now: Date.now },
      host: settings.HARK_HOST,
      phoneToken: settings.HARK_PHONE_TOKEN ?? null,
      mqtt: {
        url: settings.HARK_MQTT_URL ?? null,
        clientId: settings.HARK_MQTT_CLIENT_ID,
        brokerPort: settings.HARK_MQTT_BROKER_PORT ?? null,
      },
    });
    health.report('phones', () => phones.status());
    const { builtIn, staticFolder, filesFolder } = settings;
    const dataFolder = settings.HARK_DATA;
    const reports = await IngestReports.open(
      {
        ...{ log, writer, artifacts, dataFolder, staticFolder, filesFolder, builtIn },
        kafka: reportKafka(settings),
      },
      context,
    );
    const retention = openRetention(
      {
        ...{ app: 'ingest', log, writer, settings },
        storeState: (runner) => (runner === 'windower' ? host.storeStateSoon() : reports.storeStatesSoon()),
        isObsolete: (runner) => reports.isObsolete(runner),
      },
      context,
    );
    const kafka = kafkaOptions(settings);
    const topic = settings.HARK_KAFKA_SOURCE_TOPIC;
    const source =
      kafka === null || topic === undefined
        ? null
        : new KafkaSource({
            ...{ kafka, topic, frontDoor, logger, now: Date.now },
            group: settings.HARK_KAFKA_SOURCE_GROUP,
            sensor: settings.HARK_KAFKA_SOURCE_SENSOR,
            fields: settings.HARK_KAFKA_SOURCE_FIELDS,
          });
    if (source !== null) health.report('kafkaSource', () => source.status());
    const folder = settings.HARK_WATCH_DIR;
    const watched =
      folder === undefined
        ? null
        : await WatchedFolder.open({
            ...{ folder, frontDoor, writer, logger, now: Date.now, sleep: abortableSleep },
            maxFiles: settings.HARK_WATCH_MAX_FILES,
            idleTimeoutMs: settings.HARK_IDLE_TIMEOUT_MS,
          });
    if (watched !== null) health.report('watchedFolder', () => watched.status());
    const watching = new AbortController();
    const idle = new IdleClock(frontDoor, settings.HARK_IDLE_TIMEOUT_MS, logger);
    return {
      module: devices.module(
        phones.module(
          FrontDoorModule.register(
            frontDoor,
            { now: Date.now, maxInFlightBytes: settings.HARK_MAX_IN_FLIGHT_MB * 1024 * 1024 },
            tellOfSamples,
          ),
        ),
      ),
      configure: (app) => devices.attach(app),
      run: async () => {
        idle.start();
        await phones.start();
        await source?.start();
        await Promise.all([host.run(), reports.run(), watched?.run(watching.signal), retention?.run()]);
      },
      stop: async () => {
        watching.abort();
        await retention?.stop();
        await devices.stop();
        await phones.stop();
        await source?.stop();
        await idle.stop();
        await reports.stop();
        await host.stop();
        await log.close();
      },
    };
  });
}

main().catch(failStart);
