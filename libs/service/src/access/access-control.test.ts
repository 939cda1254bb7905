import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccessControl, type Asking } from './access-control.js';
import { OpenConnections } from './open-connections.js';
import { OriginRule } from './origin-rule.js';
import { Principal, type Need } from './principal.js';
import { Refusal } from './refusal.js';
import type { Role } from './role.js';
import { ROUTES, needOf } from './routes.js';
import { changeTokenFile } from './token-file.js';
import { newToken, tokenHash } from './token.js';
import { Tokens } from './tokens.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');
let folder: string;
let file: string;
let access: AccessControl;
/** Texts of the tokens by kind. */
const tokens: Record<string, string | undefined> = { none: undefined, bad: newToken().text, odd: 'hk_' };

function make(kind: string, roles: Role[], users: string[], expires: string | null = null): string {
  const { id, text } = newToken();
  const hash = tokenHash(text).toString('hex');
  changeTokenFile(file, (entries) => [
    ...entries,
    { id, name: kind, hash, roles, users, created: null, expires },
  ]);
  tokens[kind] = text;
  return id;
}

function revoke(id: string): void {
  changeTokenFile(file, (entries) => entries.filter((entry) => entry.id !== id));
}

function asking(method: string, url: string, token?: string, headers: Record<string, string> = {}): Asking {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return { method, url, headers: { host: '127.0.0.1:3000', ...authorization, ...headers } };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hark-access-'));
  file = join(folder, 'tokens.json');
  make('ingest', ['ingest'], ['*']);
  make('subscribe', ['subscribe'], ['a']);
  make('monitor', ['monitor'], ['none']);
  make('operate', ['operate'], ['*']);
  make('expired', ['operate'], ['*'], '2025-12-31T23:59:59Z');
  const id = make('revoked', ['operate'], ['*']);
  access = new AccessControl(new Tokens({ given: [], file, now: () => NOW }));
  revoke(id);
  access.refresh();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The answer to each kind of token, by what a route needs; 0 = let in. */
const MATRIX: Readonly<Record<Need, Readonly<Record<string, number>>>> = {
  nothing: {
    none: 0,
    bad: 0,
    odd: 0,
    expired: 0,
    revoked: 0,
    ingest: 0,
    subscribe: 0,
    monitor: 0,
    operate: 0,
  },
  ingest: {
    none: 401,
    bad: 401,
    odd: 401,
    expired: 401,
    revoked: 401,
    ingest: 0,
    subscribe: 403,
    monitor: 403,
    operate: 0,
  },
  subscribe: {
    none: 401,
    bad: 401,
    odd: 401,
    expired: 401,
    revoked: 401,
    ingest: 403,
    subscribe: 0,
    monitor: 403,
    operate: 0,
  },
  monitor: {
    none: 401,
    bad: 401,
    odd: 401,
    expired: 401,
    revoked: 401,
    ingest: 403,
    subscribe: 403,
    monitor: 0,
    operate: 0,
  },
  operate: {
    none: 401,
    bad: 401,
    odd: 401,
    expired: 401,
    revoked: 401,
    ingest: 403,
    subscribe: 403,
    monitor: 403,
    operate: 0,
  },
};

describe('the access matrix', () => {
  const cases = [
    ...ROUTES.map(({ method, path, needs }) => [method, path, needs] as const),
    ['GET', '/nowhere', 'operate'] as const,
  ];

  it.each(cases)('%s %s needs: %s', (method, path, needs) => {
    const url = path.replaceAll(/:[a-z]+/g, 'x1').replace('*', 'x/y.js');
    const answers = Object.entries(tokens).map(([kind, token]) => {
      const request = asking(method, `${url}?users=a`, method === 'UPGRADE' ? undefined : token);
      const admitted = method === 'UPGRADE' ? access.connect(request, token) : access.admit(request);
      return [kind, admitted instanceof Refusal ? admitted.status : 0];
    });
    expect(Object.fromEntries(answers)).toEqual(MATRIX[needs]);
  });

  it('has what is for everybody by name', () => {
    const open = ROUTES.filter(({ needs }) => needs === 'nothing').map(
      ({ method, path }) => `${method} ${path}`,
    );
    expect(open.sort()).toEqual([
      'GET /',
      'GET /assets/:file',
      'GET /asyncapi.json',
      'GET /docs',
      'GET /docs/*',
      'GET /favicon.ico',
      'GET /health/live',
      'GET /health/ready',
      'GET /openapi.json',
      'GET /v1/clients/phyphox/:code',
      'GET /v1/gateways/replays/:id',
      'GET /v1/partitions/:partition/producers/:id',
      'POST /v1/partitions/:partition/samples',
      'POST /v1/phyphox/with-token',
    ]);
  });
});

it('lets a monitor see how the service fares, and nothing else that needs a token', () => {
  const seen = ROUTES.filter(({ needs }) => needs !== 'nothing').filter(({ method, path }) => {
    const url = path.replaceAll(/:[a-z]+/g, 'x1');
    const request = asking(method, url, tokens['monitor']);
    const admitted =
      method === 'UPGRADE' ? access.connect(request, tokens['monitor']) : access.admit(request);
    return admitted instanceof Principal;
  });
  expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /metrics', 'GET /v1/status']);
});

describe('what a request needs', () => {
  it.each([
    ['HEAD', '/metrics', 'monitor'],
    ['POST', '/metrics', 'operate'],
    ['HEAD', '/health/live', 'nothing'],
    ['GET', '/V1/Sessions/', 'subscribe'],
    ['GET', '/health/live/', 'nothing'],
    ['POST', '/health/live', 'operate'],
    ['GET', '/v1/models/at', 'subscribe'],
    ['GET', '/v1/models/3/state', 'operate'],
    ['GET', '/v1/models/3/anything', 'operate'],
    ['GET', '//health/live', 'operate'],
    ['GET', '/v1/status#/health/live', 'operate'],
    ['GET', '/docs\\..\\v1/status', 'operate'],
    ['GET', 'http://127.0.0.1:3000/health/live', 'operate'],
    ['GET', '', 'operate'],
    ['OPTIONS', '*', 'operate'],
    ['TRACE', '/', 'operate'],
  ])('%s %s: %s', (method, url, need) => {
    expect(needOf(method, url)).toBe(need);
  });
});

describe('access control', () => {
  it('lets anybody on this machine in while there are no tokens, as before', () => {
    const open = AccessControl.open();
    expect(open.admit(asking('POST', '/v1/models/3/rollback'))).toBe(Principal.local);
    expect(open.admit(asking('GET', '/v1/status', 'hk_whatever'))).toBe(Principal.local);
    expect(open.admit(asking('GET', '/', undefined, { host: 'evil.example' }))).toMatchObject({
      status: 403,
    });
  });

  it('says whose data a token is for', () => {
    const admitted = access.admit(asking('GET', '/v1/sessions', tokens['subscribe']));
    if (admitted instanceof Refusal) throw new Error(admitted.detail);
    expect([admitted.sees('a'), admitted.sees('b')]).toEqual([true, false]);
    expect(admitted.users.narrow(undefined)).toEqual(['a']);
    expect(admitted.users.narrow(['b', 'a'])).toEqual(['a']);
    expect(admitted.users.narrow(['b'])).toEqual([]);
  });

  it('asks for a bearer token, and says so when there is none or a bad one', () => {
    const none = access.admit(asking('GET', '/v1/models'));
    expect(none).toMatchObject({ headers: { 'www-authenticate': 'Bearer realm="hark"' } });
    const bad = access.admit(asking('GET', '/v1/models', newToken().text));
    expect(bad).toMatchObject({
      headers: { 'www-authenticate': 'Bearer realm="hark", error="invalid_token"' },
    });
    const basic = asking('GET', '/v1/models', undefined, {
      authorization: `Basic ${tokens['operate'] ?? ''}`,
    });
    expect(access.admit(basic)).toMatchObject({ status: 401 });
    const lower = asking('GET', '/v1/models', undefined, {
      authorization: `bearer ${tokens['operate'] ?? ''}`,
    });
    expect(access.admit(lower)).toBeInstanceOf(Principal);
  });

  it.each([
    '?token=x',
    '?access_token=x',
    '?a=b&Token=x',
    `?q=${newToken().text}`,
    `?${'?'.repeat(8000)}&token=x`,
  ])('answers 400 to a token in a URL: %.20s', (query) => {
    const refused = access.admit(asking('GET', `/health/live${query}`, tokens['operate']));
    expect(refused).toMatchObject({ status: 400, problem: { code: 'token_in_url' } });
    expect(AccessControl.open().admitUpgrade(asking('GET', `/v1/live${query}`))).toMatchObject({
      status: 400,
    });
  });

  it('looks at the token of an upgrade, and asks again in the first message where there was none', () => {
    expect(access.admitUpgrade(asking('GET', '/v1/live'))).toBe(null);
    expect(access.admitUpgrade(asking('GET', '/v1/live', tokens['bad']))).toMatchObject({ status: 401 });
    expect(access.admitUpgrade(asking('GET', '/v1/live', tokens['ingest']))).toMatchObject({ status: 403 });
    const upgraded = asking('GET', '/v1/live', tokens['subscribe']);
    expect(access.admitUpgrade(upgraded)).toBeInstanceOf(Principal);
    expect(access.connect(upgraded, undefined)).toBeInstanceOf(Principal);
    expect(access.connect(upgraded, tokens['bad'])).toMatchObject({ status: 401 });
    expect(access.connect(asking('GET', '/v1/live'), tokens['subscribe'])).toBeInstanceOf(Principal);
  });

  it('closes what is open when its token is revoked or expires, and what came in without one when there is one', () => {
    const path = join(folder, 'other.json');
    let now = NOW;
    const other = new AccessControl(
      new Tokens({ given: [], file: path, now: () => now }),
      new OriginRule({ loopback: true, allowed: [] }),
      new OpenConnections(),
    );
    const closed: string[] = [];
    const enter = (name: string, token?: string): void => {
      const principal = other.connect(asking('GET', '/v1/live'), token);
      if (principal instanceof Refusal) throw new Error(principal.detail);
      other.enter(principal, () => closed.push(name));
    };
    const entries = [null, '2026-01-01T00:00:10Z', null].map((expires) => {
      const { id, text } = newToken();
      const hash = tokenHash(text).toString('hex');
      const fields = { name: id, roles: ['subscribe' as const], users: ['a'], created: null };
      return { text, entry: { ...fields, id, hash, expires } };
    });
    enter('without');
    changeTokenFile(path, () => entries.map(({ entry }) => entry));
    expect(other.refresh()).toEqual({ read: true, closed: 1, tokens: 3 });
    for (const [i, { text }] of entries.entries()) enter(`token ${i}`, text);
    expect(other.refresh()).toEqual({ read: false, closed: 0, tokens: 3 });
    changeTokenFile(path, (all) => all.slice(1));
    expect(other.refresh()).toEqual({ read: true, closed: 1, tokens: 2 });
    now += 10_000;
    expect(other.refresh()).toEqual({ read: false, closed: 1, tokens: 1 });
    expect(closed).toEqual(['without', 'token 0', 'token 1']);
  });
});
