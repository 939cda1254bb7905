import { SampleBatchBuilder } from '@hark/contracts';
import { Principal } from '@hark/service';
import { expect, it } from 'vitest';
import { ForbiddenUserError, requireOwnUsers } from './own-users.js';
import type { SampleBody } from './sample-body.js';

function sender(...users: string[]): Principal {
  const entry = { id: 't', name: 't', hash: '0'.repeat(64), roles: ['ingest' as const] };
  return Principal.of({ ...entry, users, created: null, expires: null });
}

/** A body with a row of each user, and refused rows of others. */
function body(users: readonly string[], refused: readonly (string | null)[] = []): SampleBody {
  const builder = new SampleBatchBuilder();
  for (const user of users) {
    const stream = builder.streamOf(user, 'gear_1', 'gear', 'accelerometer');
    builder.push(stream, 1, 0, 1, 0, 0, 9.8, 0);
  }
  const kept = refused.map((user) => ({
    ...{ row: 1, code: 'missing_axis' as const, message: 'z is missing', text: '{}' },
    device: user === null ? null : { user, device: 'gear_1' },
  }));
  return { batch: builder.take(), rejected: kept.length, kept };
}

it('lets rows of the users of the token pass, and rows of anybody with a token for all', () => {
  expect(() => requireOwnUsers(body(['a', 'b'], ['a', null]), sender('a', 'b'))).not.toThrow();
  expect(() => requireOwnUsers(body(['a', 'z'], ['y']), sender('*'))).not.toThrow();
  expect(() => requireOwnUsers(body(['a']), Principal.local)).not.toThrow();
});

it('refuses the whole request for one row of another user, good or refused', () => {
  expect(() => requireOwnUsers(body(['a', 'b']), sender('a'))).toThrow(ForbiddenUserError);
  expect(() => requireOwnUsers(body(['a'], [null, 'b']), sender('a'))).toThrow(
    'this token may not send rows of the user "b"; nothing of this request was taken',
  );
});
