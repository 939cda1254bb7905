import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { problem } from '@hark/contracts';
import { ProblemError } from '@hark/service';
import type { IncomingMessage } from 'node:http';

const KEY = /^[\x21-\x7e]{1,128}$/;

/** The `Idempotency-Key` of a request, if it has one: a request repeated with the same key is done once. */
export const IdempotencyKey = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | undefined => {
    const key = context.switchToHttp().getRequest<IncomingMessage>().headers['idempotency-key'];
    if (key === undefined || (typeof key === 'string' && KEY.test(key))) return key;
    throw new ProblemError(
      problem(
        400,
        'invalid_idempotency_key',
        'Invalid Idempotency-Key',
        'An Idempotency-Key is 1 to 128 visible ASCII characters; nothing has changed.',
      ),
    );
  },
);
