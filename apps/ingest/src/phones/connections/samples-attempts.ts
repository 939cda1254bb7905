import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { ProblemError } from '@hark/service';
import { tap, type Observable } from 'rxjs';
import { SamplesController } from '../../front-door/samples.controller.js';
import type { SamplesAnswer } from '../../front-door/sample-intake.js';
import { tell } from './request-attempts.js';

/** Tells the log of connections what became of `POST /v1/samples`. */
export class SamplesAttempts implements NestInterceptor<SamplesAnswer> {
  intercept(context: ExecutionContext, next: CallHandler<SamplesAnswer>): Observable<SamplesAnswer> {
    if (context.getClass() !== SamplesController) return next.handle();
    const request = context.switchToHttp().getRequest<object>();
    return next.handle().pipe(
      tap({
        next: ({ accepted, rejected, errors, duplicate }) =>
          tell(request, {
            verdict: duplicate === true ? 'duplicate' : 'accepted',
            accepted,
            rejected,
            code: errors.at(0)?.code ?? null,
          }),
        error: (error: unknown) => {
          if (error instanceof ProblemError) tell(request, { verdict: 'refused', code: error.problem.code });
        },
      }),
    );
  }
}
