import { Module, type DynamicModule } from '@nestjs/common';
import { AccessControl } from '@hark/service';
import { Clients } from './clients.js';
import { ClientsController } from './clients.controller.js';
import { Phyphox } from './phyphox/phyphox.js';
import { PhyphoxController } from './phyphox/phyphox.controller.js';
import { SensorLogger } from './sensor-logger/sensor-logger.js';
import { SensorLoggerController } from './sensor-logger/sensor-logger.controller.js';

export interface PhoneServices {
  readonly sensorLogger: SensorLogger;
  readonly phyphox: Phyphox;
  readonly clients: Clients;
  readonly access: AccessControl;
}

/** The HTTP routes for phones. */
@Module({})
export class PhonesModule {
  /** @param frontDoor the module that provides `SampleIntake`. */
  static register(
    frontDoor: DynamicModule,
    { sensorLogger, phyphox, clients, access }: PhoneServices,
  ): DynamicModule {
    return {
      module: PhonesModule,
      imports: [frontDoor],
      controllers: [SensorLoggerController, PhyphoxController, ClientsController],
      providers: [
        { provide: SensorLogger, useValue: sensorLogger },
        { provide: Phyphox, useValue: phyphox },
        { provide: Clients, useValue: clients },
        { provide: AccessControl, useValue: access },
      ],
    };
  }
}
