import { Controller, Get, Inject, Param } from '@nestjs/common';
import { FrontDoor, type ProducerStatus } from './front-door.js';
import type { SampleDoor } from './sample-door.js';

@Controller('v1/producers')
export class ProducersController {
  constructor(@Inject(FrontDoor) private readonly frontDoor: SampleDoor) {}

  @Get(':id')
  get(@Param('id') id: string): ProducerStatus | Promise<ProducerStatus> {
    return this.frontDoor.producer(id);
  }
}
