import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { AccessControl, ProblemError, Refusal, principalOf, type Principal } from '@hark/service';
import { parsePhyphoxMessage } from '@hark/streaming';
import type { Request } from 'express';
import { SampleIntake } from '../../front-door/sample-intake.js';
import { tell } from '../../devices/connections/request-attempts.js';
import { queryText, withBody } from '../device-body.js';
import { Phyphox, type PhyphoxAnswer } from './phyphox.js';

/** Of a body that is read before it is known who sends it. */
const MAX_UNKNOWN_BYTES = 2 << 20;

@Controller('v1/phyphox')
export class PhyphoxController {
  constructor(
    @Inject(Phyphox) private readonly phyphox: Phyphox,
    @Inject(SampleIntake) private readonly intake: SampleIntake,
    @Inject(AccessControl) private readonly access: AccessControl,
  ) {}

  @Post()
  @HttpCode(200)
  post(@Req() request: Request): Promise<PhyphoxAnswer> {
    return withBody(request, this.intake, (bytes) => this.take(request, bytes, principalOf(request)));
  }

  /** For experiments, which can set no headers: the token stands in the body. */
  @Post('with-token')
  @HttpCode(200)
  postWithToken(@Req() request: Request): Promise<PhyphoxAnswer> {
    const take = (bytes: Uint8Array) => {
      const token = parsePhyphoxMessage(bytes)?.token ?? undefined;
      const admitted = this.access.admitAs('POST', '/v1/phyphox', token);
      if (admitted instanceof Refusal) throw new ProblemError(admitted.problem, admitted.headers);
      return this.take(request, bytes, admitted);
    };
    return withBody(request, this.intake, take, MAX_UNKNOWN_BYTES);
  }

  private async take(request: Request, bytes: Uint8Array, principal: Principal): Promise<PhyphoxAnswer> {
    const { attempt, answer } = await this.phyphox.take(parsePhyphoxMessage(bytes), {
      source: 'http',
      principal,
      receivedMs: Date.now(),
      user: queryText(request, 'user'),
      model: queryText(request, 'model'),
    });
    tell(request, attempt);
    return answer;
  }
}
