import { Module, type DynamicModule } from '@nestjs/common';
import { AccessControl } from '@hark/service';
import { DeviceAsyncApiController, DEVICE_ASYNC_API } from '../documents/device-asyncapi.controller.js';
import { deviceAsyncApi } from '../documents/device-asyncapi.js';
import { Clients } from './clients.js';
import { ClientsController } from './clients.controller.js';
import { ConnectionLog } from './connections/connection-log.js';
import { ConnectionsController } from './connections/connections.controller.js';
import { Phyphox } from './phyphox/phyphox.js';
import { PhyphoxController } from './phyphox/phyphox.controller.js';
import { SensorLogger } from './sensor-logger/sensor-logger.js';
import { SensorLoggerController } from './sensor-logger/sensor-logger.controller.js';

export interface PhoneServices {
  readonly sensorLogger: SensorLogger;
  readonly phyphox: Phyphox;
  readonly clients: Clients;
  readonly connections: ConnectionLog;
  readonly access: AccessControl;
  /** That rows may carry; null = any. */
  readonly activities: readonly string[] | null;
}

/** The HTTP routes for phones. */
@Module({})
export class PhonesModule {
  /** @param frontDoor the module that provides `SampleIntake`. */
  static register(
    frontDoor: DynamicModule,
    { sensorLogger, phyphox, clients, connections, access, activities }: PhoneServices,
  ): DynamicModule {
    return {
      module: PhonesModule,
      imports: [frontDoor],
      controllers: [
        DeviceAsyncApiController,
        SensorLoggerController,
        PhyphoxController,
        ClientsController,
        ConnectionsController,
      ],
      providers: [
        { provide: SensorLogger, useValue: sensorLogger },
        { provide: Phyphox, useValue: phyphox },
        { provide: Clients, useValue: clients },
        { provide: ConnectionLog, useValue: connections },
        { provide: AccessControl, useValue: access },
        { provide: DEVICE_ASYNC_API, useValue: deviceAsyncApi(activities) },
      ],
    };
  }
}
