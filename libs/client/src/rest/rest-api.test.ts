import { beforeEach, describe, expect, it } from 'vitest';
import { HarkProblemError, HarkUnreachableError } from '../errors.js';
import { HarkClient } from '../hark-client.js';
import { ManualEnvironment, settled } from '../testing/manual-environment.js';

let world: ManualEnvironment;
let hark: HarkClient;

beforeEach(() => {
  world = new ManualEnvironment();
  hark = new HarkClient({ url: 'http://hark.test', token: 'hk_1_secret', environment: world });
});

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(status === 204 ? null : JSON.stringify(body), { status, headers });
const problem = (status: number, code: string, headers?: Record<string, string>) =>
  answer(status, { type: 'about:blank', title: 'Title', status, code, detail: 'Said why.' }, headers);
const sent = () => world.calls.map(({ url, request: { method, body } }) => [method, url, body ?? null]);

describe('a call', () => {
  it.each([
    [() => hark.models.list(), 'GET', '/v1/models', null],
    [() => hark.models.get('v3'), 'GET', '/v1/models/v3', null],
    [() => hark.models.at(new Date(0)), 'GET', '/v1/models/at?time=1970-01-01T00%3A00%3A00.000Z', null],
    [() => hark.models.snapshot(), 'POST', '/v1/models', null],
    [
      () => hark.models.rollback(3, { learning: 'frozen', dryRun: true, reason: 'why' }),
      ...(['POST', '/v1/models/3/rollback', '{"learning":"frozen","dryRun":true,"reason":"why"}'] as const),
    ],
    [() => hark.models.rollback(3), 'POST', '/v1/models/3/rollback', '{}'],
    [() => hark.models.promote('challenger'), 'POST', '/v1/models/challenger/promote', null],
    [() => hark.models.setLearning(false), 'PATCH', '/v1/models/learning', '{"enabled":false}'],
    [() => hark.sessions.list({ user: 'a b', limit: 3 }), 'GET', '/v1/sessions?user=a+b&limit=3', null],
    [() => hark.sessions.get('../x'), 'GET', '/v1/sessions/..%2Fx', null],
    [() => hark.replays.list(), 'GET', '/v1/replays', null],
    [
      () => hark.replays.start({ session: 's', speed: 'max', model: 2 }),
      ...(['POST', '/v1/replays', '{"session":"s","speed":"max","model":2}'] as const),
    ],
    [() => hark.replays.get('r'), 'GET', '/v1/replays/r', null],
    [
      () => hark.replays.control('r', { command: 'seek', to: '5', speed: 4 }),
      ...(['POST', '/v1/replays/r/control', '{"command":"seek","to":"5","speed":4}'] as const),
    ],
    [
      () => hark.replays.compare('s', [1, 'current']),
      ...(['POST', '/v1/replays/compare', '{"session":"s","models":[1,"current"]}'] as const),
    ],
    [
      () => hark.labels.add({ user: 'a', from: '1', to: '2', activity: 'walk' }),
      ...(['POST', '/v1/labels', '{"user":"a","from":"1","to":"2","activity":"walk"}'] as const),
    ],
    [() => hark.labels.undo('7'), 'DELETE', '/v1/labels/7', null],
    [() => hark.alerting.list({ type: 'hark.drift' }), 'GET', '/v1/alerts?type=hark.drift', null],
    [
      () => hark.alerting.addRule({ activity: 'stand', forSeconds: 3600, users: ['a'] }),
      ...(['POST', '/v1/alerts/rules', '{"activity":"stand","forSeconds":3600,"users":["a"]}'] as const),
    ],
    [() => hark.alerting.removeRule('4'), 'DELETE', '/v1/alerts/rules/4', null],
    [() => hark.reports.rows('stairs', { limit: 5 }), 'GET', '/v1/reports/stairs?limit=5', null],
    [() => hark.reports.status('stairs'), 'GET', '/v1/reports/stairs/status', null],
    [
      () => hark.reports.create({ name: 'n', from: 'samples', replace: true }),
      ...(['POST', '/v1/reports', '{"name":"n","from":"samples","replace":true}'] as const),
    ],
    [() => hark.reports.stop('n'), 'POST', '/v1/reports/n/stop', null],
    [() => hark.reports.restart('n'), 'POST', '/v1/reports/n/restart', null],
    [() => hark.reports.drop('n'), 'DELETE', '/v1/reports/n', null],
    [() => hark.devices.apps(), 'GET', '/v1/clients', null],
    [() => hark.status(), 'GET', '/v1/status', null],
  ])('%s is %s %s %s', async (call, method, path, body) => {
    world.answers = [answer(200, { an: 'answer' })];
    expect(await call()).toEqual({ an: 'answer' });
    expect(sent()).toEqual([[method, `http://hark.test${path}`, body]]);
    const { headers } = world.calls[0].request;
    expect(headers).toMatchObject({ authorization: 'Bearer hk_1_secret' });
    expect('content-type' in (headers ?? {})).toBe(body !== null);
  });

  it('answered with 204 gives nothing', async () => {
    world.answers = [answer(204, null)];
    expect(await hark.replays.delete('r')).toBeUndefined();
    expect(sent()).toEqual([['DELETE', 'http://hark.test/v1/replays/r', null]]);
  });

  it('that is refused throws the problem', async () => {
    world.answers = [problem(404, 'unknown_version')];
    const error = await hark.models.get(99).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HarkProblemError);
    expect(error).toMatchObject({
      name: 'HarkProblemError',
      status: 404,
      code: 'unknown_version',
      problem: { detail: 'Said why.' },
      message: 'GET /v1/models/99: 404 Said why.',
    });
  });

  it('that something else has answered throws what that said', async () => {
    world.answers = [new Response('<html>bad gateway', { status: 502 })];
    await expect(hark.models.list()).rejects.toMatchObject({
      status: 502,
      code: 'no_problem_details',
      problem: { detail: '<html>bad gateway' },
    });
  });
});

describe('a call to a service that is busy', () => {
  it.each([429, 503])('is made again after %i, when Retry-After says', async (status) => {
    world.answers = [problem(status, 'busy', { 'retry-after': '7' }), answer(200, { versions: [] })];
    const list = hark.models.list();
    await settled();
    await world.advance(6999);
    expect(world.calls).toHaveLength(1);
    await world.advance(1);
    expect(await list).toEqual({ versions: [] });
  });

  it('understands a date in Retry-After, and waits 30 s at most', async () => {
    const date = new Date(world.now() + 3000).toUTCString();
    const late = { 'retry-after': '3600' };
    world.answers = [
      problem(503, 'busy', { 'retry-after': date }),
      problem(503, 'busy', late),
      answer(200, 1),
    ];
    const list = hark.models.list();
    await settled();
    await world.advance(3000);
    expect(world.calls).toHaveLength(2);
    await world.advance(30_000);
    expect(await list).toBe(1);
  });

  it('gives up after five tries, with longer pauses between them', async () => {
    world.answers = Array.from({ length: 6 }, () => problem(503, 'learner_silent'));
    const list = hark.models.list().catch((thrown: unknown) => thrown);
    await settled();
    const at: number[] = [];
    for (let ms = 0; ms <= 10_000; ms += 250) {
      if (world.calls.length > at.length) at.push(ms);
      await world.advance(250);
    }
    expect(at).toEqual([0, 250, 750, 1750, 3750]);
    expect(await list).toMatchObject({ code: 'learner_silent' });
  });

  it('that changes something is made once', async () => {
    world.answers = [problem(503, 'learner_silent', { 'retry-after': '0' }), answer(200, {})];
    await expect(hark.models.rollback(1)).rejects.toMatchObject({ code: 'learner_silent' });
    await expect(hark.labels.undo('1')).resolves.toEqual({});
    expect(world.calls).toHaveLength(2);
  });

  it('that changes something is made again with its idempotency key, and only with that', async () => {
    world.answers = [problem(503, 'learner_silent'), new Error('reset'), answer(200, { to: 1 })];
    const rollback = hark.models.rollback(1, { idempotencyKey: 'k1' });
    await settled();
    await world.advance(1000);
    expect(await rollback).toEqual({ to: 1 });
    expect(world.calls.map(({ request }) => request.headers)).toEqual(
      Array.from({ length: 3 }, () => ({
        authorization: 'Bearer hk_1_secret',
        'content-type': 'application/json',
        'idempotency-key': 'k1',
      })),
    );
    expect(world.calls[0].request.body).toBe('{}');
  });
});

describe('a call that nobody answers', () => {
  it('is made again, and then throws why', async () => {
    world.answers = [];
    const list = hark.models.list().catch((thrown: unknown) => thrown);
    await settled();
    await world.advance(10_000);
    const error = await list;
    expect(error).toBeInstanceOf(HarkUnreachableError);
    expect(error).toMatchObject({ code: 'unreachable', message: 'GET /v1/models: nobody answers' });
    expect(world.calls).toHaveLength(5);
  });

  it('is left when its signal says so, in a pause too', async () => {
    const stop = new AbortController();
    const list = hark.models.list({ signal: stop.signal });
    await settled();
    stop.abort(new Error('enough'));
    await expect(list).rejects.toThrow('enough');
    expect(world.pending).toBe(0);
    await expect(hark.models.list({ signal: stop.signal })).rejects.toThrow();
  });
});

describe('sessions', () => {
  it('come page after page', async () => {
    world.answers = [
      answer(200, { sessions: [{ id: 'c' }, { id: 'b' }], next: '1' }),
      answer(200, { sessions: [{ id: 'a' }] }),
    ];
    const ids: string[] = [];
    for await (const { id } of hark.sessions.all({ user: 'u', limit: 2 })) ids.push(id);
    expect(ids).toEqual(['c', 'b', 'a']);
    expect(sent().map(([, url]) => url)).toEqual([
      'http://hark.test/v1/sessions?user=u&limit=2',
      'http://hark.test/v1/sessions?user=u&limit=2&cursor=1',
    ]);
  });

  it('give their samples as text, characters whole', async () => {
    const bytes = new TextEncoder().encode('User\nJürgen\n');
    const pieces = [bytes.subarray(0, 7), bytes.subarray(7)];
    world.answers = [
      new Response(
        new ReadableStream({
          start(controller) {
            for (const piece of pieces) controller.enqueue(piece);
            controller.close();
          },
        }),
      ),
    ];
    const text: string[] = [];
    for await (const piece of hark.sessions.samples('s1', 'ndjson')) text.push(piece);
    expect(text.join('')).toBe('User\nJürgen\n');
    expect(sent()[0][1]).toBe('http://hark.test/v1/sessions/s1/samples?format=ndjson');
  });
});
