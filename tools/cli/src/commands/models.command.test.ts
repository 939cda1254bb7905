import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runHark } from '../program.js';

/** A gateway that keeps what it is asked and answers one thing. */
let server: Server;
let asked: string[];
let status: number;
let answer: unknown;

beforeEach(async () => {
  asked = [];
  status = 200;
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
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
  const code = await runHark(['models', ...args, '--url', url], {
    out: (line) => out.push(line),
    log: (line) => log.push(line),
    interactive: false,
    environment: {},
    signal: new AbortController().signal,
  });
  return { code, out: out.join('\n'), log: log.join('\n') };
}

const same = <T>(value: T) => ({ from: value, to: value });
const activation = {
  ...{ from: 37, to: 33, effectiveAt: { topic: 'windows', offset: 1087 }, learning: 'frozen' },
  diff: {
    windowsLearned: { from: 37_000, to: 33_000 },
    parent: { from: 36, to: null },
    classifier: { from: 'rls', to: 'lda' },
    featureSchema: same('a7ada9e3660a987c'),
    classes: { added: [], removed: ['bike', 'sit'] },
    metrics: {
      accuracy: { from: 0.998, to: 0.9 },
      kappa: { from: 0.996, to: 0.88 },
      macroF1: same(0.5),
    },
  },
};

describe('hark models', () => {
  it('takes a version by its number or by what it is', async () => {
    answer = activation;
    for (const named of ['33', 'v33', 'previous']) await hark('rollback', named);
    await hark('promote', 'challenger');
    expect(asked).toEqual([
      'POST /v1/models/33/rollback',
      'POST /v1/models/33/rollback',
      'POST /v1/models/previous/rollback',
      'POST /v1/models/challenger/promote',
    ]);
    for (const command of ['show', 'rollback', 'promote']) {
      const { code, log } = await hark(command, 'newest');
      expect(code).toBe(2);
      expect(log).toContain('Give a version, such as v37, or current, previous or challenger.');
    }
    expect(asked).toHaveLength(4);
  });

  it('says from where on another version answers, and what of it is different', async () => {
    answer = activation;
    const { code, out } = await hark('rollback', 'v33', '--frozen');
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['v33 answers instead of v37 from windows/1087 on, learning: frozen'],
      ['v37', 'v33'],
      ['windows learned', '37,000', '33,000'],
      ['parent', 'v36', '–'],
      ['classifier', 'rls', 'lda'],
      ['feature schema', 'a7ada9e3660a987c', 'a7ada9e3660a987c'],
      ['knows alone', 'bike, sit', '–'],
      ['accuracy then', '99.8 %', '90.0 %'],
      ['kappa then', '0.996', '0.880'],
      ['macro-F1 then', '0.500', '0.500'],
    ]);
    expect((await hark('rollback', 'v33', '--json')).out).toBe(JSON.stringify(answer));
  });

  it('says where a token goes when one is needed', async () => {
    status = 401;
    answer = { detail: 'A token is needed.' };
    const { code, log } = await hark('list');
    expect(code).toBe(1);
    expect(log).toContain('401 A token is needed. (the command line shows the token in HARK_TOKEN)');
  });
});
