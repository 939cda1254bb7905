import { Controller, Get, Inject, Param } from '@nestjs/common';
import { FrontDoor, type ProducerStatus } from './front-door.js';

@Controller('v1/producers')
export class ProducersController {
  constructor(@Inject(FrontDoor) private readonly frontDoor: FrontDoor) {}

  @Get(':id')
  get(@Param('id') id: string): ProducerStatus {
    return this.frontDoor.producer(id);
  }
}
