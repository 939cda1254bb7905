import {
  Inject,
  Module,
  RequestMethod,
  type DynamicModule,
  type MiddlewareConsumer,
  type NestModule,
} from '@nestjs/common';
import { ingestDocuments } from '../documents/ingest-documents.js';
import { FrontDoor } from './front-door.js';
import { ProducersController } from './producers.controller.js';
import type { SampleDoor } from './sample-door.js';
import { SampleIntake, type SampleIntakeOptions } from './sample-intake.js';
import { SAMPLES_PATH, samplesRoute, type SamplesTold } from './samples-route.js';

const ROUTE = Symbol('the route of samples');

/**
 * The HTTP routes of the front door. The app must be made without Nest's body parsers (`bodyParser: false`): bodies
 * are read here.
 */
@Module({})
export class FrontDoorModule implements NestModule {
  static register(frontDoor: SampleDoor, options: SampleIntakeOptions, told?: SamplesTold): DynamicModule {
    const intake = new SampleIntake(frontDoor, options);
    return {
      module: FrontDoorModule,
      imports: [ingestDocuments(frontDoor.activities.fixed)],
      controllers: [ProducersController],
      providers: [
        { provide: FrontDoor, useValue: frontDoor },
        { provide: SampleIntake, useValue: intake },
        { provide: ROUTE, useValue: samplesRoute(intake, told) },
      ],
      exports: [FrontDoor, SampleIntake],
    };
  }

  constructor(@Inject(ROUTE) private readonly route: ReturnType<typeof samplesRoute>) {}

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(this.route).forRoutes({ path: SAMPLES_PATH, method: RequestMethod.POST });
  }
}
