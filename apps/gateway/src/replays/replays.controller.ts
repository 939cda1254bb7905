import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import type { Comparison, ReplayList, ReplayView } from '@hark/contracts';
import { Caller, type Principal } from '@hark/service';
import { SchemaPipe } from '../http/schema.pipe.js';
import {
  compareBody,
  controlBody,
  replayBody,
  type CompareRequest,
  type ControlRequest,
  type ReplayRequest,
} from './replay-requests.js';
import { ReplaysService } from './replays.service.js';

/** Recorded sessions, played again beside live traffic. */
@Controller('v1/replays')
export class ReplaysController {
  constructor(@Inject(ReplaysService) private readonly replays: ReplaysService) {}

  @Get()
  list(@Caller() caller: Principal): ReplayList {
    return this.replays.list(caller);
  }

  @Post()
  create(
    @Body(new SchemaPipe(replayBody)) request: ReplayRequest,
    @Caller() caller: Principal,
  ): Promise<ReplayView> {
    return this.replays.create(request, caller);
  }

  @Post('compare')
  @HttpCode(200)
  compare(
    @Body(new SchemaPipe(compareBody)) request: CompareRequest,
    @Caller() caller: Principal,
  ): Promise<Comparison> {
    return this.replays.compare(request, caller);
  }

  @Get(':id')
  get(@Param('id') id: string, @Caller() caller: Principal): ReplayView {
    return this.replays.get(id, caller);
  }

  @Post(':id/control')
  @HttpCode(200)
  control(
    @Param('id') id: string,
    @Body(new SchemaPipe(controlBody)) request: ControlRequest,
    @Caller() caller: Principal,
  ): Promise<ReplayView> {
    return this.replays.control(id, request, caller);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id') id: string, @Caller() caller: Principal): Promise<void> {
    return this.replays.remove(id, caller);
  }
}
