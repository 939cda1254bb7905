import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ProblemError } from '@hark/service';
import type { IncomingMessage } from 'node:http';
import { ACCESS, problemOf, type Access } from './access.js';

/** Asks {@link Access} about every HTTP request. Socket upgrades are asked about by `LiveSocketAdapter`. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(@Inject(ACCESS) private readonly access: Access) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const refusal = this.access.authorize(context.switchToHttp().getRequest<IncomingMessage>());
    if (refusal === null) return true;
    throw new ProblemError(problemOf(refusal));
  }
}
