import { Controller, Get, Inject } from '@nestjs/common';
import { Caller, type Principal } from '@hark/service';
import type { Connection } from './connection.js';
import { ConnectionLog } from './connection-log.js';

@Controller('v1/connections')
export class ConnectionsController {
  constructor(@Inject(ConnectionLog) private readonly log: ConnectionLog) {}

  @Get()
  list(@Caller() caller: Principal): { readonly connections: readonly Connection[] } {
    return { connections: this.log.list(caller.users) };
  }
}
