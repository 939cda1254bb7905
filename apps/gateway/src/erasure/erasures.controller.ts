import { Controller, Delete, Get, HttpCode, Inject, Param } from '@nestjs/common';
import { isWellFormedId, problem, type ErasureView } from '@hark/contracts';
import { Caller, ProblemError, type Principal } from '@hark/service';
import { ErasureJobs } from './erasure-jobs.js';

/** The erasures of the service; none where its log can't be written anew. */
export class Erasures {
  constructor(readonly jobs: ErasureJobs | null) {}
}

/** Everything of a user goes, and what was learned of it. */
@Controller('v1')
export class ErasuresController {
  constructor(@Inject(Erasures) private readonly erasures: Erasures) {}

  @Delete('users/:user')
  @HttpCode(202)
  erase(@Param('user') user: string, @Caller() caller: Principal): ErasureView {
    if (!isWellFormedId(user)) {
      throw new ProblemError(
        problem(400, 'invalid_request', 'Invalid request', 'user: this is no name of a user'),
      );
    }
    return this.jobs().request(user, caller);
  }

  @Get('erasures/:id')
  get(@Param('id') id: string): ErasureView {
    return this.jobs().get(id);
  }

  private jobs(): ErasureJobs {
    if (this.erasures.jobs !== null) return this.erasures.jobs;
    throw new ProblemError(
      problem(
        409,
        'not_erasable',
        'Refused',
        'Only a log kept in HARK_DATA can be written anew without a user.',
      ),
    );
  }
}
