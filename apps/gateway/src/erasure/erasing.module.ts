import { Module, type DynamicModule } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { problem } from '@hark/contracts';
import { ProblemError } from '@hark/service';
import type { NextFunction, Request, Response } from 'express';
import type { ErasureJobs } from './erasure-jobs.js';
import { Erasures, ErasuresController } from './erasures.controller.js';

/** What the gateway answers while it erases a user: how far it has come, and what probes and operators ask. */
@Module({})
export class ErasingModule {
  static register(jobs: ErasureJobs): DynamicModule {
    return {
      module: ErasingModule,
      controllers: [ErasuresController],
      providers: [{ provide: Erasures, useValue: new Erasures(jobs) }],
    };
  }
}

const ANSWERED = /^\/(v1\/(erasures\/|users\/|status$)|health\/|metrics$)/;

export function isAnsweredWhileErasing(path: string): boolean {
  return ANSWERED.test(path);
}

/** All else is refused for the time being. */
export function configureErasing(app: NestExpressApplication): void {
  app.use(({ path }: Request, _: Response, next: NextFunction) => {
    if (isAnsweredWhileErasing(path)) return next();
    const detail = 'A user is being erased and the log written anew; this takes seconds, rarely a minute.';
    next(new ProblemError(problem(503, 'erasing', 'Erasing a user', detail), { 'retry-after': '5' }));
  });
}
