import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import {
  ActivityVocabulary,
  TOPICS,
  decodeSamplesRecord,
  type SampleBatch,
  type Sensor,
} from '@hark/contracts';
import { AccessControl, ProblemFilter, accessMiddleware } from '@hark/service';
import { LogFullError, MemoryLog, type Commit, type LogWriter } from '@hark/streaming';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { Devices } from '../../devices/devices.js';
import { FrontDoor } from '../../front-door/front-door.js';
import { tellOfSamples } from '../../devices/connections/samples-attempts.js';
import { FrontDoorModule } from '../../front-door/front-door.module.js';
import { Phones, type PhonesOptions } from '../phones.js';

/** A row as it stands in the log. */
export interface StoredRow {
  readonly user: string;
  readonly device: string;
  readonly model: string;
  readonly sensor: Sensor;
  readonly ms: number;
  readonly subNs: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly gt: string | null;
}

export interface PhonesHarnessOptions {
  readonly access?: AccessControl;
  readonly log?: MemoryLog;
  readonly mqtt?: Partial<PhonesOptions['mqtt']>;
  readonly phoneToken?: string;
}

const silent = pino({ level: 'silent' });

/** The ingest app's ways in for phones and other devices, on a log in memory and a free port. */
export class PhonesHarness {
  /** While set, the log takes nothing. */
  full = false;
  /** While set, commits wait for it. */
  held: Promise<void> | null = null;

  static async open(options: PhonesHarnessOptions = {}): Promise<PhonesHarness> {
    const log = options.log ?? new MemoryLog({ now: () => 0 });
    const inner = await log.writer('ingest');
    const writer: LogWriter = {
      commit: async (commit: Commit) => {
        await harness.held;
        if (harness.full) throw new LogFullError('no room');
        return inner.commit(commit);
      },
      durable: () => inner.durable(),
      runnerState: (runner) => inner.runnerState(runner),
      close: () => inner.close(),
    };
    const access = options.access ?? AccessControl.open();
    const frontDoor = await FrontDoor.open({
      writer,
      activities: ActivityVocabulary.hhar,
      idleTimeoutMs: 1000,
      devices: [],
      nowMs: 0,
    });
    const devices = new Devices({ frontDoor, access, now: Date.now, latenessMs: 10_000 });
    const { connections } = devices;
    const phones = await Phones.open({
      ...{ log, writer, frontDoor, connections, access, logger: silent, now: Date.now },
      host: '127.0.0.1',
      phoneToken: options.phoneToken ?? null,
      mqtt: { url: null, clientId: 'test', brokerPort: null, ...options.mqtt },
    });
    const module = devices.module(
      phones.module(FrontDoorModule.register(frontDoor, { now: Date.now }, tellOfSamples)),
    );
    const app = await NestFactory.create<NestExpressApplication>(module, {
      bodyParser: false,
      logger: false,
    });
    app.use(accessMiddleware(access));
    app.useGlobalFilters(new ProblemFilter(silent));
    devices.attach(app);
    await app.listen(0, '127.0.0.1');
    await phones.start();
    const { port } = app.getHttpServer().address() as AddressInfo;
    const harness = new PhonesHarness(log, devices, phones, app, port);
    return harness;
  }

  private constructor(
    readonly log: MemoryLog,
    readonly devices: Devices,
    readonly phones: Phones,
    private readonly app: NestExpressApplication,
    readonly port: number,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** Every row in the log, in its order. */
  async rows(): Promise<StoredRow[]> {
    const records = await this.log.read(TOPICS.samples, 0, 0, 1 << 30);
    return records.flatMap(({ value }) => {
      const record = decodeSamplesRecord(value);
      return record.batch === undefined ? [] : rowsOf(record.batch);
    });
  }

  async close(): Promise<void> {
    await this.devices.stop();
    await this.phones.stop();
    await this.app.close();
  }
}

function rowsOf(batch: SampleBatch): StoredRow[] {
  return Array.from({ length: batch.rows }, (_, i) => ({
    ...batch.streams[batch.stream[i]],
    ms: batch.creationMs[i],
    subNs: batch.creationSubNs[i],
    x: batch.x[i],
    y: batch.y[i],
    z: batch.z[i],
    gt: batch.label[i] === 0 ? null : batch.labels[batch.label[i] - 1],
  }));
}
