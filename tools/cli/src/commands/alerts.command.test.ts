import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runHark } from '../program.js';

/** A gateway that keeps what it is asked and answers one thing. */
let server: Server;
let asked: { method: string; url: string; body: unknown }[];
let answer: unknown;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString('utf8')));
    request.on('end', () => {
      const { method = '', url = '' } = request;
      asked.push({ method, url, body: body === '' ? null : JSON.parse(body) });
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function hark(...args: string[]) {
  const out: string[] = [];
  const log: string[] = [];
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const code = await runHark(['alerts', ...args, '--url', url], {
    out: (line) => out.push(line),
    log: (line) => log.push(line),
    interactive: false,
    environment: {},
    signal: new AbortController().signal,
  });
  return { code, out: out.join('\n'), log: log.join('\n') };
}

const rule = {
  ...{ id: '3', name: null, activity: 'stand', forSeconds: 3600, users: ['ann'], devices: null },
  ...{ minConfidence: 0, toleranceSeconds: 5, webhook: null },
};

describe('hark alerts', () => {
  it('lists what was announced', async () => {
    const data = { episode: 'device-1', stage: 'silent' };
    const alert = { id: 'device-1/silent', type: 'hark.device', subject: 'ann/gear_1', time: 'then', data };
    answer = { alerts: [alert], epoch: 'e', offset: 0 };
    const { code, out } = await hark('list', '--user', 'ann', '--type', 'hark.device', '--limit', '5');
    expect(code).toBe(0);
    expect(asked).toEqual([
      { method: 'GET', url: '/v1/alerts?limit=5&type=hark.device&user=ann', body: null },
    ]);
    for (const word of ['then', 'hark.device', 'silent', 'ann/gear_1', 'device-1/silent'])
      expect(out).toContain(word);
    expect((await hark('list', '--json')).out).toBe(JSON.stringify(answer));
    expect((await hark('list', '--type', 'hark.nothing')).code).toBe(2);
  });

  it('makes a rule of what was said and nothing else', async () => {
    answer = rule;
    const { code, out } = await hark('rules', 'add', 'stand', '--for', '3600', '--users', 'ann, bob');
    expect(code).toBe(0);
    expect(asked).toEqual([
      {
        method: 'POST',
        url: '/v1/alerts/rules',
        body: { activity: 'stand', forSeconds: 3600, users: ['ann', 'bob'] },
      },
    ]);
    expect(out).toBe('rule 3 stands; take it away: hark alerts rules remove 3');
    expect((await hark('rules', 'add', 'stand')).code).toBe(2);
  });

  it('lists the rules and removes one', async () => {
    answer = { rules: [rule] };
    const { out } = await hark('rules', 'list');
    expect(out.split('\n').at(-1)).toMatch(/^3 +stand +3600 +ann +all *$/);
    answer = { id: '3' };
    expect((await hark('rules', 'remove', '3')).out).toBe('rule 3 is removed');
    expect(asked.at(-1)).toEqual({ method: 'DELETE', url: '/v1/alerts/rules/3', body: null });
  });
});
