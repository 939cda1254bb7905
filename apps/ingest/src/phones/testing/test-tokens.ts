import { AccessControl, Tokens } from '@hark/service';
import { changeTokenFile, newToken, tokenHash, type Role, type TokenEntry } from '@hark/service/access';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Wanted {
  readonly roles: readonly Role[];
  readonly users: readonly string[];
}

function made({ roles, users }: Wanted): { readonly entry: TokenEntry; readonly text: string } {
  const { id, text } = newToken();
  const hash = tokenHash(text).toString('hex');
  const names = { roles: [...roles], users: [...users] };
  return { entry: { id, name: id, hash, ...names, created: null, expires: null }, text };
}

/** An access control with tokens of these roles and users, and their texts in the same order. */
export function withTokens(...wanted: readonly Wanted[]): {
  readonly access: AccessControl;
  readonly texts: readonly string[];
} {
  const tokens = wanted.map(made);
  const given = tokens.map(({ entry }) => entry);
  return {
    access: new AccessControl(new Tokens({ given, file: null, now: Date.now })),
    texts: tokens.map(({ text }) => text),
  };
}

/** The same with tokens that can be revoked. */
export function tokensInFile(...wanted: readonly Wanted[]): {
  readonly access: AccessControl;
  readonly texts: readonly string[];
  readonly revokeAll: () => void;
  readonly remove: () => void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'hark-test-tokens-'));
  const file = join(folder, 'tokens.json');
  const tokens = wanted.map(made);
  changeTokenFile(file, () => tokens.map(({ entry }) => entry));
  const access = new AccessControl(new Tokens({ given: [], file, now: Date.now }));
  return {
    access,
    texts: tokens.map(({ text }) => text),
    revokeAll: () => {
      changeTokenFile(file, () => []);
      access.refresh();
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
