import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { SchemaPipe } from '../http/schema.pipe.js';
import type { Comparison } from './comparison.js';
import {
  compareBody,
  controlBody,
  replayBody,
  type CompareRequest,
  type ControlRequest,
  type ReplayRequest,
} from './replay-requests.js';
import type { ReplayView } from './replay.js';
import { ReplaysService } from './replays.service.js';

/** Recorded sessions, played again beside live traffic. */
@Controller('v1/replays')
export class ReplaysController {
  constructor(@Inject(ReplaysService) private readonly replays: ReplaysService) {}

  @Get()
  list(): { replays: ReplayView[] } {
    return { replays: this.replays.list() };
  }

  @Post()
  create(@Body(new SchemaPipe(replayBody)) request: ReplayRequest): ReplayView {
    return this.replays.create(request);
  }

  @Post('compare')
  @HttpCode(200)
  compare(
    @Body(new SchemaPipe(compareBody)) request: CompareRequest,
  ): Promise<{ session: string } & Comparison> {
    return this.replays.compare(request);
  }

  @Get(':id')
  get(@Param('id') id: string): ReplayView {
    return this.replays.get(id);
  }

  @Post(':id/control')
  @HttpCode(200)
  control(
    @Param('id') id: string,
    @Body(new SchemaPipe(controlBody)) request: ControlRequest,
  ): Promise<ReplayView> {
    return this.replays.control(id, request);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id') id: string): void {
    this.replays.remove(id);
  }
}
