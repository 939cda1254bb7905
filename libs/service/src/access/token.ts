import { createHash, randomBytes, randomInt } from 'node:crypto';

const TOKEN = /^hk_([a-z0-9]{1,32})_([A-Za-z0-9_-]{20,256})$/;
const ID_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const ID_LENGTH = 8;
const SECRET_BYTES = 32;

/** A new token `hk_<id>_<secret>`: the id names it in lists, the secret is 32 random bytes in hex. */
export function newToken(): { readonly id: string; readonly text: string } {
  const characters = Array.from({ length: ID_LENGTH }, () => ID_CHARACTERS[randomInt(ID_CHARACTERS.length)]);
  const id = characters.join('');
  return { id, text: `hk_${id}_${randomBytes(SECRET_BYTES).toString('hex')}` };
}

/** The id in a token's text, or null when it is no token. */
export function tokenId(text: string): string | null {
  return TOKEN.exec(text)?.[1] ?? null;
}

/** SHA-256 of the whole text: `printf %s "$TOKEN" | sha256sum` gives the same. */
export function tokenHash(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
