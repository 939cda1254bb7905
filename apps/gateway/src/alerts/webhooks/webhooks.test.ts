import { TOPICS, type Delivery } from '@hark/contracts';
import { MemoryLog, type LogWriter } from '@hark/streaming';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.js';
import { WebhookAllowList } from './webhook-allow-list.js';
import { Webhooks, type WebhookOptions } from './webhooks.js';

const KEY = Buffer.from('a key of thirty-two bytes or more');

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Receives webhooks, and answers each as told: 204 by itself. */
class Receiver {
  readonly received: Received[] = [];
  readonly answers: number[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString('utf8')));
      request.on('end', () => {
        this.received.push({ path: request.url ?? '', headers: request.headers, body });
        const status = this.answers.shift() ?? 204;
        response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('more than is read');
      });
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get ids(): unknown[] {
    return this.received.map(({ headers }) => headers['webhook-id']);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

let clock: ManualClock;
let log: MemoryLog;
let gateway: LogWriter;
let receiver: Receiver;
let stop: () => Promise<void>;

beforeEach(async () => {
  clock = new ManualClock(1_767_225_600_000);
  log = new MemoryLog({ now: () => clock.now() });
  gateway = await log.writer('gateway');
  receiver = new Receiver();
  await receiver.listen();
  stop = () => Promise.resolve();
});

afterEach(async () => {
  await stop();
  receiver.close();
});

function start(options: Partial<WebhookOptions> = {}): Webhooks {
  const urls = options.urls ?? [`${receiver.origin}/all`];
  const webhooks = new Webhooks(log, gateway, clock, {
    urls,
    allowList: new WebhookAllowList(urls),
    key: KEY,
    firstRetryMs: 5000,
    longestRetryMs: 60_000,
    giveUpAfterMs: 600_000,
    ...options,
  });
  const ending = new AbortController();
  const running = webhooks.run(ending.signal);
  stop = async () => {
    ending.abort();
    await running;
  };
  return webhooks;
}

async function announce(ids: readonly string[], key = ''): Promise<void> {
  const records = ids.map((id) => ({ key, value: Buffer.from(JSON.stringify({ id, data: 'é' })) }));
  await gateway.commit({ appends: [{ topic: TOPICS.announcements, partition: 0, records }] });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await clock.turn();
}

async function outcomes(): Promise<string[]> {
  const records = await log.read(TOPICS.deliveries, 0, 0, 1 << 20);
  return records.map(({ value }) => {
    const { outcome, next } = JSON.parse(Buffer.from(value).toString()) as Delivery;
    return `${outcome} ${next}`;
  });
}

const enrolled = async () => {
  while ((await log.end(TOPICS.deliveries, 0)) === 0) await clock.turn();
};

describe('a webhook', () => {
  it('is a signed CloudEvent, once for each alert, in their order', async () => {
    start();
    await enrolled();
    await announce(['drift-1/warning', 'drift-1/drift']);
    await until(() => receiver.received.length === 2);
    const [{ path, headers, body }] = receiver.received;
    expect(path).toBe('/all');
    expect(body).toBe('{"id":"drift-1/warning","data":"é"}');
    expect(headers).toMatchObject({
      'content-type': 'application/cloudevents+json',
      'webhook-id': 'drift-1/warning',
      'webhook-timestamp': '1767225600',
    });
    const signature = createHmac('sha256', KEY).update(`drift-1/warning.1767225600.${body}`).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
    expect(receiver.ids).toEqual(['drift-1/warning', 'drift-1/drift']);
  });

  it('is sent again with the same id, after 5, 10, 20 s, until it is taken; those behind it wait', async () => {
    receiver.answers.push(500, 302, 404);
    const webhooks = start();
    await enrolled();
    await announce(['a', 'b']);
    for (const [tries, ms] of [
      [1, 5000],
      [2, 10_000],
      [3, 20_000],
    ]) {
      await until(() => receiver.received.length === tries && webhooks.status()[0].nextTryAt !== null);
      expect(webhooks.status()[0]).toMatchObject({ waiting: 2, failures: tries, delivered: 0 });
      clock.advance(ms - 1);
      for (let i = 0; i < 20; i++) await clock.turn();
      expect(receiver.received.length).toBe(tries);
      clock.advance(1);
    }
    await until(() => webhooks.status()[0].delivered === 2);
    expect(receiver.ids).toEqual(['a', 'a', 'a', 'a', 'b']);
    const [first, , , last] = receiver.received.map(({ headers }) => headers['webhook-timestamp']);
    expect(Number(last) - Number(first)).toBe(35);
    expect(receiver.received.every(({ path }) => path === '/all')).toBe(true);
    expect(webhooks.status()).toEqual([
      {
        target: expect.stringMatching(/^[0-9a-f]{16}$/),
        origin: receiver.origin,
        ...{ waiting: 0, delivered: 2, givenUp: 0, failures: 0, lastFailure: null, nextTryAt: null },
        disabled: false,
      },
    ]);
  });

  it('waits for no longer than the longest wait, and is given up when it is too old', async () => {
    receiver.answers.push(...Array.from({ length: 20 }, () => 503));
    const webhooks = start();
    await enrolled();
    await announce(['a']);
    for (let tries = 1; webhooks.status()[0]?.givenUp !== 1; tries++) {
      await until(() => receiver.received.length === tries && webhooks.status()[0].nextTryAt !== null);
      clock.advance(60_000);
    }
    // After 5, 10, 20, 40 and then 60 s each the clock is moved by 60: the tenth failure is 600 s after the alert.
    expect(receiver.ids).toHaveLength(11);
    expect(await outcomes()).toEqual(['enrolled 0', 'given_up 1']);
  });

  it('goes on after a restart where it stood, and sends a new receiver nothing of the past', async () => {
    await announce(['past']);
    start();
    await enrolled();
    await announce(['a', 'b']);
    await until(() => receiver.received.length === 2);
    while ((await log.end(TOPICS.deliveries, 0)) < 3) await clock.turn();
    await stop();
    await announce(['c']);
    start({ urls: [`${receiver.origin}/all`, `${receiver.origin}/new`] });
    while ((await log.end(TOPICS.deliveries, 0)) < 5) await clock.turn();
    await announce(['d']);
    const idsAt = (path: string) =>
      receiver.received.filter((each) => each.path === path).map(({ headers }) => headers['webhook-id']);
    await until(() => receiver.received.length === 5);
    expect(idsAt('/all')).toEqual(['a', 'b', 'c', 'd']);
    expect(idsAt('/new')).toEqual(['d']);
  });

  it('is sent again after a stop in the middle, with the same id', async () => {
    receiver.answers.push(500);
    const webhooks = start();
    await enrolled();
    await announce(['a']);
    await until(() => receiver.received.length === 1 && webhooks.status()[0].nextTryAt !== null);
    await stop();
    start();
    await until(() => receiver.received.length === 2);
    expect(receiver.ids).toEqual(['a', 'a']);
  });

  it('of a rule goes to its own receiver too, and to each once', async () => {
    const own = `${receiver.origin}/own`;
    const all = `${receiver.origin}/all`;
    start({ allowList: new WebhookAllowList([receiver.origin]) });
    await enrolled();
    await announce(['for all']);
    await announce(['for the rule'], own);
    await announce(['for all by chance'], all);
    await until(() => receiver.received.length === 4);
    expect(
      receiver.received.map(({ path, headers }) => `${path} ${headers['webhook-id'] as string}`).sort(),
    ).toEqual(['/all for all', '/all for all by chance', '/all for the rule', '/own for the rule']);
  });

  it('stops at 410, and begins with what is new after the next start', async () => {
    receiver.answers.push(410);
    const webhooks = start();
    await enrolled();
    await announce(['a', 'b']);
    await until(() => webhooks.status()[0]?.disabled === true);
    await announce(['c']);
    while ((await log.end(TOPICS.deliveries, 0)) < 2) await clock.turn();
    await stop();
    start();
    for (let i = 0; i < 20; i++) await clock.turn();
    await announce(['d']);
    await until(() => receiver.received.length === 2);
    expect(receiver.ids).toEqual(['a', 'd']);
  });

  it.each([
    ['a URL that is not allowed any more', 'https://elsewhere.example/', []],
    ['a private address behind an allowed host', 'https://localhost/', ['localhost']],
    ['a private address itself', 'https://[::1]/', []],
  ])('is refused: %s', async (_what, url, hosts) => {
    const webhooks = start({ urls: [], allowList: new WebhookAllowList(hosts) });
    await announce(['a'], url);
    await until(() => webhooks.status()[0]?.givenUp === 1);
    while ((await log.end(TOPICS.deliveries, 0)) === 0) await clock.turn();
    expect(await outcomes()).toEqual(['refused 1']);
  });

  it('to a receiver that is away does not hold up another', async () => {
    const away = new Receiver();
    await away.listen();
    const url = `${away.origin}/`;
    away.close();
    const webhooks = start({ urls: [url, `${receiver.origin}/all`] });
    await enrolled();
    while ((await log.end(TOPICS.deliveries, 0)) < 2) await clock.turn();
    await announce(['a', 'b']);
    await until(() => receiver.received.length === 2 && webhooks.status()[0].failures === 1);
    expect(webhooks.status()[0]).toMatchObject({ waiting: 2, lastFailure: 'ECONNREFUSED' });
  });
});
