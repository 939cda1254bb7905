import { isWellFormedId } from '@hark/contracts';
import { z } from 'zod';
import { ROLES } from './role.js';

/** Of a token's name: what it is for, in the operator's words. */
const NAME = 'expected 1 to 64 printable characters';
const USERS = 'expected ids of users, or "*"';
const TIME = 'expected an ISO 8601 time in UTC';

/**
 * What is stored of a token. Its text is not: `hash` is the SHA-256 of it, in hex. A slow hash, as for passwords, would
 * add nothing: the secret is 32 random bytes, which no one can guess at any speed, and each request is checked.
 */
export const tokenEntry = z.strictObject({
  id: z.string().regex(/^[a-z0-9]{1,32}$/, 'expected 1 to 32 of a-z and 0-9'),
  name: z.string().regex(/^[^\p{C}]{1,64}$/u, NAME),
  hash: z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hex'),
  roles: z.array(z.enum(ROLES)).min(1),
  /** `*` among them = all. */
  users: z.array(z.string().refine(isWellFormedId, USERS)).min(1, USERS).max(10_000),
  /** Null where it is not known. */
  created: z.iso.datetime(TIME).nullable(),
  /** Null = never. */
  expires: z.iso.datetime(TIME).nullable(),
});
export type TokenEntry = Readonly<z.infer<typeof tokenEntry>>;

/** @param nowMs wall clock, milliseconds since 1970. */
export function isExpired({ expires }: Pick<TokenEntry, 'expires'>, nowMs: number): boolean {
  return expires !== null && Date.parse(expires) <= nowMs;
}

/** Whether two entries say the same; the name is only for people. */
export function sameEntry(a: TokenEntry, b: TokenEntry): boolean {
  return (
    a.hash === b.hash && a.expires === b.expires && sameNames(a.roles, b.roles) && sameNames(a.users, b.users)
  );
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}
