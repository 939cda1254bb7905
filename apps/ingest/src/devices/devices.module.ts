import { Module, type DynamicModule } from '@nestjs/common';
import { madeOnce } from '@hark/service/documents';
import { DeviceAsyncApiController, DEVICE_ASYNC_API } from '../documents/device-asyncapi.controller.js';
import { deviceAsyncApi } from '../documents/device-asyncapi.js';
import { ConnectionLog } from './connections/connection-log.js';
import { ConnectionsController } from './connections/connections.controller.js';

export interface DeviceServices {
  readonly connections: ConnectionLog;
  /** That rows may carry; null = any. */
  readonly activities: readonly string[] | null;
}

/** The HTTP routes about devices. */
@Module({})
export class DevicesModule {
  /** @param frontDoor the module that provides `SampleIntake`. */
  static register(frontDoor: DynamicModule, { connections, activities }: DeviceServices): DynamicModule {
    return {
      module: DevicesModule,
      imports: [frontDoor],
      controllers: [DeviceAsyncApiController, ConnectionsController],
      providers: [
        { provide: ConnectionLog, useValue: connections },
        { provide: DEVICE_ASYNC_API, useValue: madeOnce(() => deviceAsyncApi(activities)) },
      ],
    };
  }
}
