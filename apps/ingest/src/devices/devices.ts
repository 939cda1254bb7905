import type { AccessControl } from '@hark/service';
import type { DynamicModule } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Server } from 'node:http';
import type { SampleDoor } from '../front-door/sample-door.js';
import { SampleIntake } from '../front-door/sample-intake.js';
import { ConnectionLog } from './connections/connection-log.js';
import { recordRequests } from './connections/request-attempts.js';
import { DeviceSockets } from './device-socket/device-sockets.js';
import { DevicesModule } from './devices.module.js';

export interface DevicesOptions {
  readonly frontDoor: Pick<SampleDoor, 'accept' | 'activities'>;
  /** How many partitions the front door has; 1 when absent. */
  readonly partitions?: number;
  readonly access: AccessControl;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  readonly latenessMs: number;
}

/** The device socket, and what became of all that devices have tried to send. */
export class Devices {
  readonly connections: ConnectionLog;
  private sockets: DeviceSockets | null = null;

  constructor(private readonly options: DevicesOptions) {
    const { now, latenessMs } = options;
    this.connections = new ConnectionLog({ now, latenessMs });
  }

  /** @param inner the module that provides {@link SampleIntake}. */
  module(inner: DynamicModule): DynamicModule {
    const { connections } = this;
    return DevicesModule.register(inner, {
      connections,
      activities: this.options.frontDoor.activities.fixed,
    });
  }

  /** Before the app listens. */
  attach(app: NestExpressApplication): void {
    const server = app.getHttpServer() as Server;
    const { budget } = app.get(SampleIntake);
    recordRequests(server, this.connections);
    this.sockets = new DeviceSockets({ ...this.options, connections: this.connections, budget });
    this.sockets.attach(server);
  }

  async stop(): Promise<void> {
    await this.sockets?.close();
  }

  status() {
    return { sockets: this.sockets?.size ?? 0, waitingBytes: this.sockets?.waitingBytes ?? 0 };
  }
}
