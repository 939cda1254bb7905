import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { principalOf } from './access.middleware.js';

/** A parameter of a controller's method: the `Principal` who asks. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  principalOf(context.switchToHttp().getRequest<object>()),
);
