import { Module, type DynamicModule } from '@nestjs/common';
import { ingestDocuments } from '../documents/ingest-documents.js';
import { FrontDoor } from './front-door.js';
import { ProducersController } from './producers.controller.js';
import type { SampleDoor } from './sample-door.js';
import { SampleIntake, type SampleIntakeOptions } from './sample-intake.js';
import { SamplesController } from './samples.controller.js';

/**
 * The HTTP routes of the front door. The app must be made without Nest's body parsers (`bodyParser: false`): bodies
 * are read here.
 */
@Module({})
export class FrontDoorModule {
  static register(frontDoor: SampleDoor, options: SampleIntakeOptions): DynamicModule {
    return {
      module: FrontDoorModule,
      imports: [ingestDocuments(frontDoor.activities.fixed)],
      controllers: [SamplesController, ProducersController],
      providers: [
        { provide: FrontDoor, useValue: frontDoor },
        { provide: SampleIntake, useValue: new SampleIntake(frontDoor, options) },
      ],
      exports: [FrontDoor, SampleIntake],
    };
  }
}
