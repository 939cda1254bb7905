import { Agent, request } from 'node:http';
import { ROUTES } from '@hark/service';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Service, type App } from '../../harness.js';
import { SeededRandom } from '../simulation/seeded-random.js';
import { BODIES, SAMPLES } from './corpus.js';
import { Mutator } from './mutation.js';

const REQUESTS = Number(process.env['HARK_FUZZ_REQUESTS'] ?? 2000);
const AT_ONCE = 8;
const encoder = new TextEncoder();
const TYPES = [
  ...Object.keys(SAMPLES),
  'text/plain',
  'multipart/form-data',
  'application/json; charset=utf-16',
  '',
];
const SEGMENTS = [
  '1',
  'v1',
  'current',
  'a',
  '..%2f..',
  '%00',
  '%ff',
  '-1',
  '1e9',
  'x'.repeat(200),
  '__proto__',
  '%F0%9F%92%A5',
];
const QUERIES = [
  '',
  '',
  '?limit=1',
  '?limit=-1',
  '?user[]=a',
  '?next=%',
  '?sensor=gyroscope',
  '?sensor=',
  '?format=csv&format=x',
  '?a=%ff',
];

/** How long an app may be away while it begins again, and how that shows. */
const AWAY_MS = 20_000;
const AWAY: readonly unknown[] = ['ECONNRESET', 'ECONNREFUSED'];
const ERASING = /"code":"erasing"|"erasure":/;

interface Answer {
  readonly status: number;
  readonly text: string;
}

interface Asked {
  readonly app: App;
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly body: Uint8Array;
}

/** Requests near those that the routes take. Streams, which do not end, are left out. */
function requests(): () => Asked {
  const random = new SeededRandom(4_711);
  const texts = [...BODIES, ...Object.values(SAMPLES).flat()];
  const mutator = new Mutator(
    random,
    texts.map((text) => encoder.encode(text)),
  );
  const routes = ROUTES.filter(({ method, path }) => method !== 'UPGRADE' && !/events|live$|\*/.test(path));
  return () => {
    const route = random.pick(routes);
    const known = route.method !== 'GET' && random.chance(0.9);
    return {
      app: random.pick(['ingest', 'gateway', 'gateway', 'learner']),
      method: known ? route.method : random.pick(['GET', 'GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']),
      path: route.path.replaceAll(/:[a-z]+/g, () => random.pick(SEGMENTS)) + random.pick(QUERIES),
      type: random.pick(TYPES),
      body: random.chance(0.2) ? encoder.encode(random.pick(texts)) : mutator.next(),
    };
  };
}

describe('the apps, asked anything', () => {
  let service: Service;
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

  beforeAll(async () => {
    service = await Service.start({ HARK_LOG_LEVEL: 'silent' });
  }, 60_000);
  afterAll(async () => {
    agent.destroy();
    await service.stop();
  });

  function ask({ app, method, path, type, body }: Asked): Promise<Answer> {
    const { port } = new URL(service.url(app));
    const headers = { 'content-type': type, 'content-length': body.length };
    return new Promise((resolve, reject) => {
      const asking = request({ agent, host: '127.0.0.1', port, method, path, headers }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      asking.setTimeout(10_000, () => asking.destroy(new Error('no answer in 10 s')));
      asking.on('error', reject);
      asking.end(body);
    });
  }

  /**
   * Apps begin again when a user is erased, and close connections that were idle for 5 s: what was not taken for such a
   * reason is asked again. An app that has died stays away.
   */
  async function answer(asked: Asked): Promise<Answer> {
    for (const begun = performance.now(); ; await sleep(50)) {
      const isLate = performance.now() - begun > AWAY_MS;
      try {
        const given = await ask(asked);
        if (isLate || !(given.status === 503 && ERASING.test(given.text))) return given;
      } catch (error) {
        if (isLate || !AWAY.includes((error as NodeJS.ErrnoException).code)) throw error;
      }
    }
  }

  it(
    'answer every request with less than 500, show no stack, and live on',
    async () => {
      const next = requests();
      const seen = new Map<number, number>();
      let asked = 0;
      const worker = async (): Promise<void> => {
        while (asked++ < REQUESTS) {
          const what = next();
          const said = `${what.method} ${what.path} (${what.app}, ${what.type})`;
          const text = Buffer.from(what.body).toString('latin1');
          const { status, text: got } = await answer(what).catch((error: unknown) => {
            throw new Error(`${said}: ${String(error)}; body ${JSON.stringify(text)}`, { cause: error });
          });
          seen.set(status, (seen.get(status) ?? 0) + 1);
          if (status >= 500 || status < 200 || /\n\s+at .*:\d+/.test(got))
            throw new Error(`${said}: ${status} ${got.slice(0, 500)}; body ${JSON.stringify(text)}`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      expect(seen.get(200) ?? 0).toBeGreaterThan(0);
      expect(seen.get(400) ?? 0).toBeGreaterThan(0);
      for (const app of ['ingest', 'learner', 'gateway'] as const)
        expect((await fetch(service.url(app, '/health/live'))).status).toBe(200);
    },
    10 * 60_000,
  );
});
