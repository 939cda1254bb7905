import { AccessControl, Tokens } from '@hark/service';
import { newToken, tokenHash, type Role, type TokenEntry } from '@hark/service/access';

/** An access control with tokens of these roles and users, and their texts in the same order. */
export function withTokens(
  ...wanted: readonly { readonly roles: readonly Role[]; readonly users: readonly string[] }[]
): {
  readonly access: AccessControl;
  readonly texts: readonly string[];
} {
  const made = wanted.map(({ roles, users }) => {
    const { id, text } = newToken();
    const hash = tokenHash(text).toString('hex');
    const entry: TokenEntry = {
      id,
      name: id,
      hash,
      roles: [...roles],
      users: [...users],
      created: null,
      expires: null,
    };
    return { entry, text };
  });
  const given = made.map(({ entry }) => entry);
  return {
    access: new AccessControl(new Tokens({ given, file: null, now: Date.now })),
    texts: made.map(({ text }) => text),
  };
}
