import { Controller, Delete, Get, HttpCode, Inject, Param } from '@nestjs/common';
import { isWellFormedId, problem, type ErasureView } from '@hark/contracts';
import { Caller, ProblemError, type Principal } from '@hark/service';
import { unknownUser, type ErasureJobs } from './erasure-jobs.js';
import type { KnownUsers } from './known-users.js';

/** The erasures of the service; none where its log can't be written anew. */
export class Erasures {
  /** @param known absent while one is under way. */
  constructor(
    readonly jobs: ErasureJobs | null,
    readonly known?: Pick<KnownUsers, 'has'>,
  ) {}
}

/** Everything of a user goes, and what was learned of it. */
@Controller('v1')
export class ErasuresController {
  constructor(@Inject(Erasures) private readonly erasures: Erasures) {}

  @Delete('users/:user')
  @HttpCode(202)
  async erase(@Param('user') user: string, @Caller() caller: Principal): Promise<ErasureView> {
    if (!isWellFormedId(user)) {
      throw new ProblemError(
        problem(400, 'invalid_request', 'Invalid request', 'user: this is no name of a user'),
      );
    }
    const jobs = this.jobs();
    const isKnown = (await this.erasures.known?.has(user)) ?? true;
    if (!isKnown) throw new ProblemError(unknownUser());
    return jobs.request(user, caller);
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
