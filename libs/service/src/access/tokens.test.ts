import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TokenEntry } from './token-entry.js';
import { TokenFileBusyError, TokenFileError, changeTokenFile, readTokenFile } from './token-file.js';
import { formatTokenEntry, parseTokenList } from './token-list.js';
import { newToken, tokenHash, tokenId } from './token.js';
import { Tokens } from './tokens.js';

let folder: string;
let file: string;
let now: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hark-tokens-'));
  file = join(folder, 'data', 'tokens.json');
  now = Date.parse('2026-01-01T00:00:00Z');
});
afterEach(() => rmSync(folder, { recursive: true }));

function entryOf(text: string, fields: Partial<TokenEntry> = {}): TokenEntry {
  return {
    id: tokenId(text) ?? '',
    name: 'test',
    hash: tokenHash(text).toString('hex'),
    roles: ['subscribe'],
    users: ['a'],
    created: '2026-01-01T00:00:00.000Z',
    expires: null,
    ...fields,
  };
}
const open = (given: TokenEntry[] = []) => new Tokens({ given, file, now: () => now });

describe('a token', () => {
  it('is hk_, its id and 32 random bytes in hex', () => {
    const { id, text } = newToken();
    expect(text).toMatch(/^hk_[a-z0-9]{8}_[0-9a-f]{64}$/);
    expect(tokenId(text)).toBe(id);
    expect(newToken().text).not.toBe(text);
  });

  it.each([
    '',
    'hk_',
    'hk_a_',
    'hk_A_0123456789abcdef0123456789abcdef',
    'k_a_0123456789abcdef01234567',
    'hk__x',
  ])('is not %j', (text) => {
    expect(tokenId(text)).toBe(null);
  });

  it('is hashed as sha256sum hashes it', () => {
    // printf %s hk_a_00000000000000000000 | sha256sum
    expect(tokenHash('hk_a_00000000000000000000').toString('hex')).toBe(SHA);
  });
});
const SHA = '9ca0cc95342aab1dd694e4a15dd016d8208f4d15dcac1a4dfeb25c875c3efd9a';

describe('the tokens file', () => {
  it('is readable by its owner alone, and holds no secret', () => {
    const { text } = newToken();
    changeTokenFile(file, (entries) => [...entries, entryOf(text)]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(text.slice(-64));
    expect(readTokenFile(file)).toEqual([entryOf(text)]);
  });

  it('is as it was when the change fails, and can be changed again', () => {
    changeTokenFile(file, () => [entryOf(newToken().text)]);
    const before = readFileSync(file, 'utf8');
    const fail = (): never => {
      throw new Error('no');
    };
    expect(() => changeTokenFile(file, fail)).toThrow('no');
    expect(readFileSync(file, 'utf8')).toBe(before);
    changeTokenFile(file, () => []);
    expect(readTokenFile(file)).toEqual([]);
  });

  it('is changed by one at a time', () => {
    changeTokenFile(file, () => {
      expect(() => changeTokenFile(file, (entries) => entries)).toThrow(TokenFileBusyError);
      return [];
    });
  });

  it.each([
    ['{', 'it is not JSON'],
    ['[]', 'content: '],
    ['{"version":2,"tokens":[]}', 'version: '],
    ['{"version":1,"tokens":[{"id":"../x"}]}', 'tokens.0.id: '],
  ])('that says %s is refused with its path and what is wrong', (text, reason) => {
    changeTokenFile(file, () => []);
    writeFileSync(file, text);
    expect(() => readTokenFile(file)).toThrow(TokenFileError);
    expect(() => readTokenFile(file)).toThrow(`${file}: ${reason}`);
  });
});

describe('a list of tokens', () => {
  it('comes back as it was written, names with any character in them too', () => {
    const a = entryOf(newToken().text, { users: ['a:b', 'c,d', 'é;'], name: '' });
    const b = entryOf(newToken().text, { users: ['*'], roles: ['ingest', 'operate'] });
    const c = entryOf(newToken().text, { expires: '2026-05-01T10:00:00Z' });
    const text = [a, b, c].map(formatTokenEntry).join(';');
    const expected = [a, b, c].map((entry) => ({ ...entry, name: entry.id, created: null }));
    expect(parseTokenList(text)).toEqual(expected);
    expect(parseTokenList(text.replaceAll(';', '\n'))).toEqual(expected);
    expect(parseTokenList('')).toEqual([]);
  });

  it('that is wrong is refused by place and field, without the entry', () => {
    const good = formatTokenEntry(entryOf(newToken().text));
    expect(() => parseTokenList(`${good};k7:secret:subscribe:a`)).toThrow('entry 2: wrong hash');
    expect(() => parseTokenList(`${good};k7:secret:subscribe:a`)).not.toThrow('secret:');
    expect(() => parseTokenList(good.replace('subscribe', 'rule'))).toThrow('entry 1: wrong roles');
    expect(() => parseTokenList(`${good};${good}`)).toThrow('two entries have the same id');
  });
});

describe('the tokens of an app', () => {
  it('are not asked for while there are neither tokens nor a file', () => {
    const tokens = open();
    expect(tokens.required).toBe(false);
    expect(tokens.find(newToken().text)).toBe(null);
  });

  it('are found by their text, and by no other', () => {
    const { id, text } = newToken();
    const other = newToken();
    const tokens = open([entryOf(text), entryOf(other.text)]);
    expect(tokens.required).toBe(true);
    expect(tokens.find(text)).toEqual(entryOf(text));
    const wrongSecret = `hk_${id}_${other.text.split('_')[2]}`;
    expect([tokens.find(wrongSecret), tokens.find(newToken().text), tokens.find('')]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('end when they expire', () => {
    const { text } = newToken();
    const entry = entryOf(text, { expires: '2026-01-01T00:00:01.000Z' });
    const tokens = open([entry]);
    expect([tokens.find(text), tokens.size]).toEqual([entry, 1]);
    now += 1000;
    expect([tokens.find(text), tokens.size, tokens.stillGood(entry)]).toEqual([null, 0, false]);
    expect(tokens.required).toBe(true);
  });

  it('are those of the file as it is now, and an untouched file is not read again', () => {
    const tokens = open();
    const { text } = newToken();
    changeTokenFile(file, () => [entryOf(text)]);
    expect(tokens.required).toBe(false);
    expect(tokens.refresh()).toBe(true);
    expect([tokens.required, tokens.find(text)?.id]).toEqual([true, tokenId(text)]);
    expect(tokens.refresh()).toBe(false);
  });

  it('are asked for also once the last is revoked, and the file is gone', () => {
    const { text } = newToken();
    changeTokenFile(file, () => [entryOf(text)]);
    const tokens = open();
    changeTokenFile(file, () => []);
    tokens.refresh();
    expect([tokens.required, tokens.find(text), tokens.stillGood(entryOf(text))]).toEqual([
      true,
      null,
      false,
    ]);
    rmSync(file);
    tokens.refresh();
    expect(tokens.required).toBe(true);
  });

  it('are another than before when their users change', () => {
    const { text } = newToken();
    changeTokenFile(file, () => [entryOf(text)]);
    const tokens = open();
    changeTokenFile(file, () => [entryOf(text, { name: 'renamed' })]);
    tokens.refresh();
    expect(tokens.stillGood(entryOf(text))).toBe(true);
    changeTokenFile(file, () => [entryOf(text, { users: ['b'] })]);
    tokens.refresh();
    expect(tokens.stillGood(entryOf(text))).toBe(false);
  });

  it('stay as they were while the file is broken, and follow it when it is whole again', () => {
    const { text } = newToken();
    changeTokenFile(file, () => [entryOf(text)]);
    const tokens = open();
    writeFileSync(file, '{');
    expect(() => tokens.refresh()).toThrow(TokenFileError);
    expect(tokens.find(text)?.id).toBe(tokenId(text));
    rmSync(file);
    changeTokenFile(file, () => []);
    expect(tokens.refresh()).toBe(true);
    expect(tokens.find(text)).toBe(null);
    expect(() => (writeFileSync(file, '{'), open())).toThrow(TokenFileError);
  });
});
