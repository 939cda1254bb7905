import type { Principal } from '@hark/service';
import type { SampleBody } from './sample-body.js';

/** A request holds rows of a user whose rows its token may not send. */
export class ForbiddenUserError extends Error {
  readonly code = 'forbidden_user';
  constructor(readonly user: string) {
    super(
      `this token may not send rows of the user ${JSON.stringify(user)}; nothing of this request was taken: send ` +
        'the rows of other users with tokens of theirs',
    );
  }
}

/**
 * Whole requests are refused, not rows: a device that sends under another's name is set up wrongly or lies, and half
 * of what it sends would hide that.
 *
 * @throws ForbiddenUserError
 */
export function requireOwnUsers({ batch, kept }: SampleBody, { users }: Principal): void {
  if (users.everybody) return;
  const named = [...batch.streams, ...kept.map(({ device }) => device)];
  const foreign = named.find((each) => each !== null && !users.includes(each.user));
  if (foreign) throw new ForbiddenUserError(foreign.user);
}
