import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Service } from '../harness.js';
import { ownMemory } from './own-memory.js';

const ALL = process.env['HARK_FAULTS'] === 'all';
const SECONDS = Number(process.env['HARK_OVERLOAD_SECONDS'] ?? (ALL ? 60 : 4));
const CLIENTS = 200;
const ROWS = 500;
const HEADER = 'Index,Arrival_Time,Creation_Time,x,y,z,User,Model,Device,gt';

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly milliseconds: number;
}

describe('a service asked for more than it can do', () => {
  let service: Service;
  let agent: Agent;
  const sent = new Map<number, number>();

  beforeEach(async () => {
    // So little may be under way at once that the load is several times what is let in.
    service = await Service.start({ HARK_MAX_IN_FLIGHT_MB: '1', HARK_LOG_LEVEL: 'silent' });
    agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  }, 60_000);
  afterEach(async () => {
    agent.destroy();
    await service.stop();
  });

  function post(client: number): Promise<Answer> {
    const batch = sent.get(client) ?? 0;
    sent.set(client, batch + 1);
    const rows = Array.from({ length: ROWS }, (_, i) => {
      const ms = 1_424_696_633_908 + 10 * (batch * ROWS + i);
      return `${i},${ms},${ms}000000,${i / 1024},0.5,9.81,u${client},nexus4,phone,walk`;
    });
    const body = [HEADER, ...rows].join('\n');
    const begun = performance.now();
    return new Promise((resolve, reject) => {
      const asking = request(
        service.url('ingest', '/v1/samples?sensor=accelerometer'),
        { agent, method: 'POST', headers: { 'content-type': 'text/csv', 'content-length': body.length } },
        (response) => {
          response.resume();
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              retryAfter: response.headers['retry-after'],
              milliseconds: performance.now() - begun,
            }),
          );
        },
      );
      asking.on('error', (error) => {
        // The app closes connections that were idle for 5 s, maybe in the moment that one is used again.
        if (asking.reusedSocket) resolve(post(client));
        else reject(error);
      });
      asking.end(body);
    });
  }

  // Elsewhere than on Linux with the pages of the log, which grow.
  const megabytes = async (): Promise<number> => {
    const own = ownMemory(service.data, 'ingest');
    if (own !== null) return own;
    const metrics = await (await fetch(service.url('ingest', '/metrics'))).text();
    return Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1]) / 1e6;
  };

  it(
    'answers 429 or 503 with Retry-After, keeps its memory, and is itself again within 5 s',
    async () => {
      for (let client = 0; client < 20; client++) expect((await post(client)).status).toBe(200);
      const until = performance.now() + 1000 * SECONDS;
      const answers: Answer[] = [];
      let middle = 0;
      const worker = async (client: number): Promise<void> => {
        while (performance.now() < until) {
          answers.push(await post(client));
          if (middle === 0 && performance.now() > until - 500 * SECONDS) middle = await megabytes();
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, (_, client) => worker(client)));
      const end = await megabytes();
      const refused = answers.filter(({ status }) => status !== 200);
      expect(answers.length - refused.length).toBeGreaterThan(0);
      expect(refused.length, 'there was no overload').toBeGreaterThan(0);
      for (const { status, retryAfter } of refused) {
        expect([429, 503]).toContain(status);
        expect(Number(retryAfter)).toBeGreaterThan(0);
      }
      expect(end - middle, `${middle} MB in the middle, ${end} MB at the end`).toBeLessThan(100);
      const calm = performance.now();
      while ((await post(0)).status !== 200 || !(await fetch(service.url('ingest', '/health/ready'))).ok) {
        expect(performance.now() - calm).toBeLessThan(5000);
        await sleep(100);
      }
    },
    1000 * (SECONDS + 60),
  );
});
