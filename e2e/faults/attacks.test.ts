import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPS, Service, type App } from '../harness.js';

/** Stands in a file of the data folder, and is to come out nowhere. */
const SECRET = 'the-operators-own-secret';
const FILES = ['secret.txt', 'tokens.json', 'run/ingest.json', '../../../../../../etc/passwd'];
/** Where a path, or a part of one, is taken from a URL. */
const PLACES = [
  '/',
  '/assets/',
  '/docs/',
  '/v1/models/',
  '/v1/sessions/',
  '/v1/reports/',
  '/v1/clients/phyphox/',
];
/** Ways of writing `../` that somebody on the way, or a file system, may undo. */
const UPS = [
  '../',
  '..%2f',
  '%2e%2e/',
  '%2e%2e%2f',
  '..\\',
  '..%5c',
  '%252e%252e%252f',
  '..%c0%af',
  '....//',
  '.%00./',
];

/** A stack, or a module. */
const SHOWS_ITSELF = /\n\s+at .*:\d+|node_modules|\/dist\/|file:\/\//;
const INSTALLED_AT = fileURLToPath(new URL('../..', import.meta.url));

const DEEP = '['.repeat(20_000);
const BODIES: readonly (readonly [name: string, body: string])[] = [
  ['20,000 levels', DEEP],
  ['20,000 levels within a field', `{"name":${DEEP}`],
  ['a text that never ends', `"${'\\"'.repeat(30_000)}\\`],
  ['a million digits', `{"limit":${'9'.repeat(1_000_000)}}`],
  ['a number beyond all', '{"speed":1e999,"forSeconds":-1e999}'],
  ['__proto__', '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}'],
  ['a name twice', '{"enabled":true,"enabled":"../"}'],
  ['a name twice, with what would do', '{"reason":"a","reason":"b"}'],
  ['half of a character', '{"name":"\\ud800","activity":"\\udc00"}'],
  ['NUL', '{"name":"a\\u0000b","user":"\\u0000"}'],
];
const POSTS: readonly (readonly [App, string])[] = [
  ['ingest', '/v1/samples'],
  ['ingest', '/v1/sensor-logger'],
  ['ingest', '/v1/phyphox'],
  ...['/v1/models/1/rollback', '/v1/labels', '/v1/replays', '/v1/alerts/rules', '/v1/reports'].map(
    (path) => ['gateway', path] as const,
  ),
];

/** Apps of phones send again whatever is refused, for ever: what is none of their messages is passed over. */
const NOTHING_TAKEN: Readonly<Record<string, string>> = {
  '/v1/sensor-logger': '{"verdict":"ignored","accepted":0,"rejected":0,"ignored":0,"missing":0}',
  '/v1/phyphox': '{"activity":"unknown","confidence":0,"activityNumber":0}',
};

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly milliseconds: number;
}

describe('what attackers try first', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ HARK_LOG_LEVEL: 'silent' });
    writeFileSync(join(service.data, 'secret.txt'), SECRET);
  }, 60_000);
  afterAll(() => service.stop());

  /** The path goes out as it is: `fetch` would put it in order first. */
  function ask(app: App, method: string, path: string, body?: string): Promise<Answer> {
    const { port } = new URL(service.url(app));
    const begun = performance.now();
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };
      const asking = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text, milliseconds: performance.now() - begun }),
        );
      });
      asking.on('error', reject);
      asking.end(body);
    });
  }

  it('reads no file that it is not to, however the way up is written', async () => {
    const page = digest((await ask('gateway', 'GET', '/')).text);
    for (const app of APPS) {
      for (const place of PLACES) {
        const paths = UPS.flatMap((up) => FILES.map((file) => `${place}${up.repeat(4)}${file}`));
        await Promise.all(
          paths.map(async (path) => {
            const { status, text } = await ask(app, 'GET', path);
            const said = `${app} ${path}: ${status} ${text.slice(0, 200)}`;
            expect(status, said).toBeLessThan(500);
            if (status === 200) expect(digest(text), said).toBe(page);
            else expect(text, said).not.toMatch(new RegExp(`${SECRET}|root:|"pid"|${service.data}`));
          }),
        );
      }
    }
  }, 120_000);

  it.each(POSTS)(
    'refuses at %s %s whatever breaks parsers, within 100 ms, and shows nothing of itself',
    async (app, path) => {
      const pid = service.pid(app);
      for (const [name, body] of BODIES) {
        let quickest = Infinity;
        // On a machine that does much else one of many tries has it for itself.
        for (let tries = 0; quickest > 100 && tries < 20; tries++) {
          const { status, text, milliseconds } = await ask(app, 'POST', path, body);
          const said = `${name}: ${status} ${text.slice(0, 300)}`;
          if (status === 200) expect(NOTHING_TAKEN[path], said).toBe(text);
          else expect(Math.floor(status / 100), said).toBe(4);
          expect(text, said).not.toMatch(SHOWS_ITSELF);
          expect(text, said).not.toContain(INSTALLED_AT);
          quickest = Math.min(quickest, milliseconds);
        }
        expect(quickest, name).toBeLessThanOrEqual(100);
      }
      expect(({} as { readonly isAdmin?: unknown }).isAdmin).toBe(undefined);
      expect((await ask(app, 'GET', '/health/live')).status).toBe(200);
      expect(alive(pid)).toBe(true);
    },
    60_000,
  );

  it.each(APPS)('closes a request to %s whose headers are too large or too many', async (app) => {
    const answered = async (headers: readonly string[]) => {
      const socket = connect(Number(new URL(service.url(app)).port), '127.0.0.1');
      socket.write(
        ['GET /health/live HTTP/1.1', 'host: localhost', ...headers, 'connection: close', '', ''].join(
          '\r\n',
        ),
      );
      let text = '';
      for await (const chunk of socket) text += (chunk as Buffer).toString('latin1');
      return text.split('\r\n', 1)[0];
    };
    expect(await answered([])).toBe('HTTP/1.1 200 OK');
    expect(await answered([`x: ${'a'.repeat(20_000)}`])).toBe('HTTP/1.1 431 Request Header Fields Too Large');
    // Beyond a hundred they are not looked at, among them the one that would be refused.
    const many = Array.from({ length: 120 }, (_, i) => `x${i}: 1`);
    expect(await answered(['origin: https://evil.example', ...many])).toBe('HTTP/1.1 403 Forbidden');
    expect(await answered([...many, 'origin: https://evil.example'])).toBe('HTTP/1.1 200 OK');
  });
});

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
