import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { problem } from '@hark/contracts';
import { ProblemError } from '@hark/service';
import type { IncomingMessage } from 'node:http';
import { ACCESS, type Access } from './access.js';

/** Asks {@link Access} about every HTTP request. Socket upgrades are asked about by `LiveSocketAdapter`. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(@Inject(ACCESS) private readonly access: Access) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const refusal = this.access.authorize(context.switchToHttp().getRequest<IncomingMessage>());
    if (refusal === null) return true;
    const { status, message } = refusal;
    throw new ProblemError(
      status === 401
        ? problem(401, 'unauthorized', 'Unauthorized', message)
        : problem(403, 'forbidden', 'Forbidden', message),
    );
  }
}
