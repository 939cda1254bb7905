import { TOPICS } from '@hark/contracts';
import {
  SettingsError,
  SharedPartitions,
  ownAddress,
  registerPartitionMetrics,
  retentionLimits,
  sharedRunnerStatus,
  type RunnerOfPartitions,
  type ServiceContext,
} from '@hark/service';
import type { ArtifactStore, Log } from '@hark/streaming';
import type { KafkaLog, KafkaOptions, KafkaWriter } from '@hark/streaming/adapters';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { tellOfSamples } from '../devices/connections/samples-attempts.js';
import { Devices } from '../devices/devices.js';
import { FrontDoorModule } from '../front-door/front-door.module.js';
import { KnownActivities } from '../front-door/known-activities.js';
import { SampleIntake } from '../front-door/sample-intake.js';
import { KafkaSource } from '../kafka-source/kafka-source.js';
import { reportKafka } from '../reports/kafka/report-kafka-settings.js';
import { registerSampleMetrics } from '../sample-metrics.js';
import type { ingestSettings } from '../settings.js';
import { IngestPartition } from './ingest-partition.js';
import { refuseOnePartitionRoutes } from './one-partition-routes.js';
import { PartitionedDoor } from './partitioned-door.js';
import { partsRoute } from './parts-route.js';
import { Peers } from './peers.js';
import { openSingleWork } from './single-work.js';

export interface PartitionedIngestOptions {
  readonly kafka: KafkaOptions;
  readonly log: KafkaLog;
  /** The same, its partitions read as one. */
  readonly sequenced: Log;
  readonly artifacts: ArtifactStore;
  readonly settings: ReturnType<typeof ingestSettings>;
}

const WINDOWER: RunnerOfPartitions = {
  ...{ app: 'ingest', runner: 'windower', input: TOPICS.samples, output: TOPICS.windows },
};

/** What one process alone can do, and is not handed on. */
const FOR_ONE = ['HARK_MQTT_URL', 'HARK_MQTT_BROKER_PORT', 'HARK_PHONE_TOKEN', 'HARK_WATCH_DIR'] as const;

/** @throws SettingsError where something is asked for that a service of several partitions does not have. */
export function checkPartitionedSettings(settings: ReturnType<typeof ingestSettings>): void {
  const { HARK_KAFKA_PARTITIONS: partitions } = settings;
  // Says that there is none on Kafka.
  retentionLimits(settings);
  const asked = FOR_ONE.find((name) => settings[name] !== undefined);
  if (asked !== undefined)
    throw new SettingsError(`${asked}: not with HARK_KAFKA_PARTITIONS=${partitions}, it needs one partition`);
  if (settings.activities.names === null)
    throw new SettingsError(
      `HARK_ACTIVITIES: with HARK_KAFKA_PARTITIONS=${partitions} the activities have to be named`,
    );
}

/** One of several ingest processes: works the partitions that it is given, and hands the rest on to the others. */
export function partitionedIngest(options: PartitionedIngestOptions, context: ServiceContext) {
  const { kafka, log, sequenced, artifacts, settings } = options;
  const { health, metrics, logger, access } = context;
  const { partitions } = log;
  checkPartitionedSettings(settings);
  const { builtIn, staticFolder, filesFolder, HARK_DATA: dataFolder } = settings;
  const single = (writer: KafkaWriter) =>
    openSingleWork(
      writer,
      {
        ...{ log, sequenced, artifacts, dataFolder, staticFolder, filesFolder, builtIn },
        kafka: reportKafka(settings),
      },
      context,
    );
  const held = new SharedPartitions<IngestPartition>(
    {
      ...{ app: 'ingest', kafka, partitions },
      open: (partition, address) =>
        IngestPartition.open(partition, { log, artifacts, settings, address, single }, context),
    },
    context,
  );
  const door = new PartitionedDoor({
    partitions,
    activities: new KnownActivities(settings.activities),
    local: (partition) => held.get(partition)?.frontDoor ?? null,
    peers: new Peers({
      holder: (partition) => log.holder('ingest', partition),
      sleep: (milliseconds) => sleep(milliseconds),
    }),
  });
  health.report('windower', () => sharedRunnerStatus(log, sequenced, WINDOWER));
  health.report('frontDoor', () => frontDoorStatus(held.all));
  health.report('devices', () => held.all.flatMap(({ windower }) => windower.status()));
  registerSampleMetrics(metrics, { status: () => held.all.flatMap(({ windower }) => windower.status()) });
  registerPartitionMetrics(metrics, 'windower', () => held.all);
  const latenessMs = settings.HARK_LATENESS_MS;
  const devices = new Devices({ frontDoor: door, partitions, access, now: Date.now, latenessMs });
  health.report('deviceSockets', () => devices.status());
  const topic = settings.HARK_KAFKA_SOURCE_TOPIC;
  const source =
    topic === undefined
      ? null
      : new KafkaSource({
          ...{ kafka, topic, frontDoor: door, logger, now: Date.now },
          group: settings.HARK_KAFKA_SOURCE_GROUP,
          sensor: settings.HARK_KAFKA_SOURCE_SENSOR,
          fields: settings.HARK_KAFKA_SOURCE_FIELDS,
        });
  if (source !== null) health.report('kafkaSource', () => source.status());
  let server: Server;
  return {
    module: devices.module(
      FrontDoorModule.register(
        door,
        { now: Date.now, maxInFlightBytes: settings.HARK_MAX_IN_FLIGHT_MB * 1024 * 1024 },
        tellOfSamples,
      ),
    ),
    configure: (app: NestExpressApplication) => {
      server = app.getHttpServer() as Server;
      devices.attach(app);
      app.use(refuseOnePartitionRoutes);
      app.use(partsRoute({ held, door, budget: app.get(SampleIntake).budget }));
    },
    run: async () => {
      const { port } = server.address() as AddressInfo;
      const address = ownAddress(settings.HARK_INGEST_ADDRESS, settings.HARK_HOST, port);
      await Promise.all([held.run(address), source?.start()]);
    },
    stop: async () => {
      await devices.stop();
      await source?.stop();
      await held.stop();
      await log.close();
    },
  };
}

/** Of the partitions that are worked here, as one. */
function frontDoorStatus(works: readonly IngestPartition[]) {
  const all = works.map(({ frontDoor }) => frontDoor.status());
  return {
    accepted: all.reduce((sum, { accepted }) => sum + accepted, 0),
    rejected: all.reduce((sum, { rejected }) => sum + rejected, 0),
    duplicateBatches: all.reduce((sum, { duplicateBatches }) => sum + duplicateBatches, 0),
    devices: all.flatMap(({ devices }) => devices),
  };
}
