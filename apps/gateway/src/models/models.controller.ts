import { Body, Controller, Get, HttpCode, Inject, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { problem } from '@hark/contracts';
import { ProblemError } from '@hark/service';
import type { Response } from 'express';
import { z } from 'zod';
import { SchemaPipe } from '../http/schema.pipe.js';
import { LiveHub } from '../live/live-hub.js';
import { ModelVersions } from './model-versions.js';
import { ModelsService, type RollbackAnswer, type VersionView } from './models.service.js';
import { versionAt } from './version-at.js';

const rollbackBody = z.strictObject({
  learning: z.enum(['continue', 'frozen']).default('continue'),
  dryRun: z.boolean().default(false),
  reason: z.string().max(500).nullable().default(null),
});
const learningBody = z.strictObject({ enabled: z.boolean() });
const TIME = 'expected an ISO 8601 time with a zone, such as 2026-01-01T00:00:00Z';
const atQuery = z.object({ time: z.iso.datetime({ offset: true, error: TIME }) });

/** The versions of the model: what there is, what answers, and the commands that change it. */
@Controller('v1/models')
export class ModelsController {
  constructor(
    @Inject(ModelsService) private readonly service: ModelsService,
    @Inject(ModelVersions) private readonly models: ModelVersions,
    @Inject(LiveHub) private readonly hub: LiveHub,
  ) {}

  @Get()
  list(): ReturnType<ModelsService['list']> {
    return this.service.list();
  }

  @Get('at')
  async at(@Query(new SchemaPipe(atQuery)) { time }: z.infer<typeof atQuery>): Promise<VersionView> {
    const version = await versionAt(this.models.history, this.hub.log, Date.parse(time));
    if (version === null) {
      throw new ProblemError(
        problem(404, 'no_version_then', 'No version then', `No version answered yet at ${time}.`),
      );
    }
    return this.service.get(String(version));
  }

  @Get(':version')
  get(@Param('version') version: string): VersionView {
    return this.service.get(version);
  }

  @Get(':version/state')
  state(@Param('version') version: string, @Res() response: Response): void {
    const { state, digest } = this.service.state(version);
    response.set({ 'content-type': 'application/octet-stream', etag: `"${digest}"` });
    response.send(Buffer.from(state.buffer, state.byteOffset, state.byteLength));
  }

  @Post()
  snapshot(): Promise<VersionView> {
    return this.service.snapshot();
  }

  @Post(':version/rollback')
  @HttpCode(200)
  rollback(
    @Param('version') version: string,
    @Body(new SchemaPipe(rollbackBody)) body: z.infer<typeof rollbackBody>,
  ): Promise<RollbackAnswer> {
    return this.service.rollback(version, body);
  }

  @Post(':version/promote')
  promote(@Param('version') version: string): never {
    this.service.find(version);
    throw new ProblemError(
      problem(
        409,
        'no_challenger',
        'No challenger',
        'No challenger runs beside the current model; nothing was changed.',
      ),
    );
  }

  @Patch('learning')
  setLearning(
    @Body(new SchemaPipe(learningBody)) { enabled }: z.infer<typeof learningBody>,
  ): ReturnType<ModelsService['setLearning']> {
    return this.service.setLearning(enabled);
  }
}
