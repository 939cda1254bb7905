import { Body, Controller, Get, HttpCode, Inject, Param, Patch, Post, Query, Res } from '@nestjs/common';
import {
  problem,
  type LearningAnswer,
  type RollbackAnswer,
  type VersionList,
  type VersionView,
} from '@hark/contracts';
import { ProblemError } from '@hark/service';
import type { Response } from 'express';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { SchemaPipe } from '../http/schema.pipe.js';
import { LiveHub } from '../live/live-hub.js';
import {
  atQuery,
  learningBody,
  rollbackBody,
  type AtQuery,
  type LearningBody,
  type RollbackBody,
} from './model-requests.js';
import { ModelVersions } from './model-versions.js';
import { ModelsService } from './models.service.js';
import { versionAt } from './version-at.js';

/** The versions of the model: what there is, what answers, and the commands that change it. */
@Controller('v1/models')
export class ModelsController {
  constructor(
    @Inject(ModelsService) private readonly service: ModelsService,
    @Inject(ModelVersions) private readonly models: ModelVersions,
    @Inject(LiveHub) private readonly hub: LiveHub,
  ) {}

  @Get()
  list(): VersionList {
    return this.service.list();
  }

  @Get('at')
  async at(@Query(new SchemaPipe(atQuery)) { time }: AtQuery): Promise<VersionView> {
    const version = await versionAt(this.models.history, this.hub.log, Date.parse(time));
    if (version === null) {
      throw new ProblemError(
        problem(404, 'no_version_then', 'No version then', `No version answered yet at ${time}.`),
      );
    }
    // Old versions are removed; what they have answered still names them.
    if (this.models.history.find(version) === null) {
      throw new ProblemError(
        problem(
          404,
          'unknown_version',
          'Unknown version',
          `Version ${version} answered at ${time}; it has been removed since.`,
        ),
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
  snapshot(@IdempotencyKey() key?: string): Promise<VersionView> {
    return this.service.snapshot(key);
  }

  @Post(':version/rollback')
  @HttpCode(200)
  rollback(
    @Param('version') version: string,
    @Body(new SchemaPipe(rollbackBody)) body: RollbackBody,
    @IdempotencyKey() key?: string,
  ): Promise<RollbackAnswer> {
    return this.service.rollback(version, body, key);
  }

  @Post(':version/promote')
  @HttpCode(200)
  promote(@Param('version') version: string, @IdempotencyKey() key?: string): Promise<RollbackAnswer> {
    return this.service.promote(version, key);
  }

  @Patch('learning')
  setLearning(
    @Body(new SchemaPipe(learningBody)) { enabled }: LearningBody,
    @IdempotencyKey() key?: string,
  ): Promise<LearningAnswer> {
    return this.service.setLearning(enabled, key);
  }
}
