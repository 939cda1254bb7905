import { parseTokenList, readTokenFile, tokenHash } from '@hark/service/access';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runHark } from '../program.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hark-tokens-command-'));
  file = join(folder, 'data', 'tokens.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function hark(args: readonly string[], environment: Record<string, string> = {}) {
  const out: string[] = [];
  const log: string[] = [];
  const code = await runHark(args, {
    out: (line) => out.push(line),
    log: (line) => log.push(line),
    interactive: false,
    environment: { HARK_DATA: join(folder, 'data'), ...environment },
    signal: new AbortController().signal,
  });
  return { code, out: out.join('\n'), log: log.join('\n') };
}

const CREATE = ['tokens', 'create', '--name', 'phone of a', '--roles', 'ingest,subscribe', '--users', 'a'];

describe('hark tokens', () => {
  it('prints a token alone on standard output and stores its hash', async () => {
    const { code, out, log } = await hark(CREATE);
    expect(code, log).toBe(0);
    expect(out).toMatch(/^hk_[a-z0-9]{8}_[0-9a-f]{64}$/);
    const [, id, secret] = out.split('_');
    expect(readTokenFile(file)).toMatchObject([
      {
        ...{ id, name: 'phone of a', roles: ['ingest', 'subscribe'], users: ['a'], expires: null },
        hash: tokenHash(out).toString('hex'),
      },
    ]);
    expect(readFileSync(file, 'utf8') + log).not.toContain(secret);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('prints as JSON also what HARK_TOKENS takes', async () => {
    const { out } = await hark([...CREATE, '--expires', '2100-01-01T00:00:00+01:00', '--json']);
    const { id, token, entry } = JSON.parse(out) as Record<string, string>;
    expect(parseTokenList(entry)).toMatchObject([
      { id, users: ['a'], expires: '2099-12-31T23:00:00.000Z', hash: tokenHash(token).toString('hex') },
    ]);
  });

  it('lists what there is, without hashes and secrets, and revokes', async () => {
    expect((await hark(['tokens', 'list'])).out).toBe(`no tokens: there is no ${file}`);
    await hark(CREATE);
    await hark([
      'tokens',
      'create',
      '--name',
      'me',
      '--roles',
      'operate',
      '--users',
      '*',
      '--expires',
      '30d',
    ]);
    const listed = await hark(['tokens', 'list', '--json']);
    const { tokens } = JSON.parse(listed.out) as { tokens: Record<string, unknown>[] };
    expect(tokens).toMatchObject([
      { name: 'phone of a', users: ['a'], expires: null, expired: false },
      { name: 'me', users: ['*'], expired: false },
    ]);
    expect(listed.out).not.toContain('hash');
    const id = tokens[0]['id'] as string;
    expect((await hark(['tokens', 'list'])).out).toContain(id);
    expect((await hark(['tokens', 'revoke', id])).code).toBe(0);
    expect(readTokenFile(file)).toMatchObject([{ name: 'me' }]);
    expect(await hark(['tokens', 'revoke', id])).toMatchObject({ code: 1, out: '' });
  });

  it('keeps them in HARK_TOKENS_FILE where that is set', async () => {
    const other = join(folder, 'etc', 'tokens.json');
    await hark(CREATE, { HARK_TOKENS_FILE: other });
    expect([readTokenFile(other)?.length, readTokenFile(file)]).toEqual([1, null]);
  });

  it.each([
    [
      ['tokens', 'create', '--name', 'x', '--roles', 'admin', '--users', 'a'],
      'Give any of ingest, subscribe',
    ],
    [['tokens', 'create', '--name', 'x', '--roles', 'ingest'], "required option '--users <list>'"],
    [['tokens', 'create', '--name', 'x', '--roles', 'ingest', '--users', ''], 'Give names of users'],
    [['tokens', 'create', '--name', '', '--roles', 'ingest', '--users', 'a'], '--name: expected 1 to 64'],
    [[...CREATE, '--expires', '2020-01-01T00:00:00Z'], 'Give a time to come'],
    [[...CREATE, '--expires', 'noon'], 'Give a time to come'],
    [['sessions', '--token', 'secret'], 'is no token'],
  ])('answers wrong usage with exit code 2: %j', async (args, message) => {
    const { code, log } = await hark(args);
    expect([code, readTokenFile(file)]).toEqual([2, null]);
    expect(log).toContain(message);
  });
});

describe('a command that asks the service', () => {
  const token = `hk_k7_${'0'.repeat(64)}`;

  it.each([
    ['HARK_TOKEN', ['sessions'], { HARK_TOKEN: token }, `Bearer ${token}`],
    ['--token', ['sessions', '--token', token], {}, `Bearer ${token}`],
    ['neither', ['sessions'], {}, undefined],
  ])('shows the token of %s, and never prints it', async (_from, args, environment, expected) => {
    const shown: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      shown.push(request.headers.authorization);
      response.statusCode = 401;
      response.end('{"detail":"This token is not known."}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, out, log } = await hark([...args, '--url', url], environment as Record<string, string>);
    server.close();
    expect([code, shown]).toEqual([1, [expected]]);
    expect(log).toContain('401 This token is not known.');
    expect(out + log).not.toContain(token);
  });
});
