import { Controller, Get, Headers, Inject } from '@nestjs/common';
import { Caller, type Principal } from '@hark/service';
import { IngestDoor, type ClientsAnswer, type ConnectionsAnswer } from './ingest-door.js';

/** What the page shows of the way in for devices. */
@Controller('v1')
export class DevicesController {
  constructor(@Inject(IngestDoor) private readonly ingest: IngestDoor) {}

  @Get('clients')
  clients(
    @Caller() caller: Principal,
    @Headers('authorization') authorization?: string,
  ): Promise<ClientsAnswer> {
    return this.ingest.clients(caller, authorization);
  }

  @Get('connections')
  connections(
    @Caller() caller: Principal,
    @Headers('authorization') authorization?: string,
  ): Promise<ConnectionsAnswer> {
    return this.ingest.connections(caller, authorization);
  }
}
