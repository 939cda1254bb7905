import { tokenEntry, type TokenEntry } from './token-entry.js';

/** `HARK_TOKENS` can't be read; the message names the entry by its place and shows nothing of it. */
export class TokenListError extends Error {
  readonly code = 'invalid_token_list';
}

/**
 * Entries `id:sha256:roles:users[:expires]`, separated by semicolons or white space; roles and users by commas. A user
 * with any of these characters in the name is percent-encoded.
 *
 * @throws TokenListError
 */
export function parseTokenList(text: string): TokenEntry[] {
  const entries = text
    .split(/[;\s]+/)
    .filter((part) => part !== '')
    .map((part, i) => parseEntry(part, i + 1));
  const ids = new Set(entries.map(({ id }) => id));
  if (ids.size < entries.length) throw new TokenListError('two entries have the same id');
  return entries;
}

/** An entry as {@link parseTokenList} reads it. */
export function formatTokenEntry({ id, hash, roles, users, expires }: TokenEntry): string {
  const names = users.map((user) => (user === '*' ? user : encodeURIComponent(user)));
  return [id, hash, roles.join(), names.join(), ...(expires === null ? [] : [expires])].join(':');
}

function parseEntry(part: string, place: number): TokenEntry {
  const [id, hash, roles = '', users = '', ...expires] = part.split(':');
  const result = tokenEntry.safeParse({
    id,
    hash,
    name: id,
    roles: roles.split(','),
    users: users.split(',').map(decoded),
    created: null,
    // A time holds colons itself.
    expires: expires.length === 0 ? null : expires.join(':'),
  });
  if (result.success) return result.data;
  const field = String(result.error.issues[0].path[0] ?? '');
  throw new TokenListError(
    `entry ${place}: wrong ${field}; expected id:sha256:roles:users, e.g. k7:<64 hex digits>:subscribe:a,b`,
  );
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return '';
  }
}
