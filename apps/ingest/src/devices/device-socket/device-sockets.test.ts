import { WebSocket } from 'ws';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PhonesHarness } from '../../phones/testing/phones-harness.js';
import { tokensInFile, withTokens } from '../../phones/testing/test-tokens.js';

const batch = (times: readonly string[], more: object = {}) => ({
  user: 'ada',
  device: 'esp32',
  sensor: 'accelerometer',
  creationTime: times,
  x: times.map(() => 1),
  y: times.map(() => 2),
  z: times.map(() => 9.8),
  ...more,
});

/** A device: sends, and keeps what is answered. */
class Device {
  readonly answers: Record<string, unknown>[] = [];
  private readonly socket: WebSocket;
  readonly opened: Promise<unknown>;
  readonly closed: Promise<number>;

  constructor(harness: PhonesHarness, headers: Record<string, string> = {}, path = '/v1/samples') {
    this.socket = new WebSocket(`ws://127.0.0.1:${harness.port}${path}`, { headers });
    this.opened = new Promise((resolve) => {
      this.socket.on('open', () => resolve(101));
      this.socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
      this.socket.on('error', () => undefined);
    });
    this.closed = new Promise((resolve) => this.socket.on('close', resolve));
    this.socket.on('message', (data: Buffer) => this.answers.push(JSON.parse(data.toString()) as never));
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  close(): void {
    this.socket.terminate();
  }
}

describe('WS /v1/samples', () => {
  let harness: PhonesHarness;
  let device: Device;
  beforeEach(async () => {
    harness = await PhonesHarness.open();
    device = new Device(harness);
    await device.opened;
  });
  afterEach(async () => {
    device.close();
    await harness.close();
  });

  it('acknowledges each batch, counted from 1, once it is stored', async () => {
    device.send(batch(['1', '2']));
    device.send(batch(['3']));
    await expect.poll(() => device.answers).toEqual([{ ack: 1 }, { ack: 2 }]);
    expect((await harness.rows()).map(({ subNs }) => subNs)).toEqual([1, 2, 3]);
  });

  it('acknowledges nothing before it is stored', async () => {
    let release = () => {};
    harness.held = new Promise((resolve) => (release = resolve));
    device.send(batch(['1']));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(device.answers).toEqual([]);
    release();
    await expect.poll(() => device.answers).toEqual([{ ack: 1 }]);
  });

  it('answers by the number that a batch gives itself', async () => {
    device.send({ ...batch(['1']), seq: 77 });
    device.send({ ...batch(['2']), note: { seq: 3 } });
    await expect.poll(() => device.answers).toEqual([{ ack: 77 }, { ack: 2 }]);
  });

  it('refuses a bad batch and takes the good ones around it', async () => {
    device.send(batch(['1']));
    device.send('{"user":');
    device.send(batch(['2'], { x: [1, 2] }));
    device.send(`${JSON.stringify(batch(['3']))} x`);
    device.send(batch(['4']));
    await expect.poll(() => device.answers.length).toBe(5);
    const outcome = device.answers.map(
      ({ ack, nack, problem }) => ack ?? [nack, (problem as { code: string }).code],
    );
    expect(outcome.sort()).toEqual([1, 5, [2, 'malformed'], [3, 'column_length'], [4, 'malformed']].sort());
    expect((await harness.rows()).map(({ subNs }) => subNs)).toEqual([1, 4]);
  });

  it('names the rows of a batch that were refused, counted within it', async () => {
    device.send(batch(['1']));
    device.send(batch(['2', '-3']));
    device.send(batch(['x']));
    await expect.poll(() => device.answers.length).toBe(3);
    expect(device.answers[1]).toMatchObject({
      ack: 2,
      rejected: 1,
      errors: [{ row: 2, code: 'invalid_time' }],
    });
    expect(device.answers[2]).toMatchObject({ nack: 3, problem: { code: 'invalid_time', status: 400 } });
  });

  it('refuses while the disk is full and takes again when there is room', async () => {
    harness.full = true;
    device.send(batch(['1']));
    await expect.poll(() => device.answers).toMatchObject([{ nack: 1, problem: { code: 'log_full' } }]);
    harness.full = false;
    device.send(batch(['1']));
    await expect.poll(() => device.answers.at(-1)).toEqual({ ack: 2 });
  });

  it('reads no more from a device of which a megabyte waits, and loses nothing', async () => {
    let release = () => {};
    harness.held = new Promise((resolve) => (release = resolve));
    const note = 'x'.repeat(200_000);
    for (let i = 0; i < 60; i++) device.send(batch([String(i)], { note }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(harness.devices.status().waitingBytes).toBeLessThan(2 << 20);
    release();
    await expect.poll(() => device.answers.length, { timeout: 5000 }).toBe(60);
    expect(await harness.rows()).toHaveLength(60);
  });

  it('closes a socket whose message is over a megabyte', async () => {
    device.send('x'.repeat((1 << 20) + 1));
    expect(await device.closed).toBe(1009);
  });

  it('answers pings', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${harness.port}/v1/samples`);
    await new Promise((resolve) => socket.once('open', resolve));
    const answered = new Promise((resolve) => socket.once('pong', (data) => resolve(data.toString())));
    socket.ping('how are you');
    expect(await answered).toBe('how are you');
    socket.terminate();
  });

  it('compresses nothing, whatever the device offers', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${harness.port}/v1/samples`, { perMessageDeflate: true });
    await new Promise((resolve) => socket.once('open', resolve));
    expect(socket.extensions).toBe('');
    socket.terminate();
  });

  it('is refused to a page of another origin, to a name of strangers, and with a token in the URL', async () => {
    expect(await new Device(harness, { origin: 'https://evil.example' }).opened).toBe(403);
    expect(await new Device(harness, { host: 'evil.example' }).opened).toBe(403);
    expect(await new Device(harness, {}, '/v1/samples?token=x').opened).toBe(400);
  });

  it.each([
    ['20,000 levels', '['.repeat(20_000)],
    ['20,000 levels beside the columns', `{"note":${'['.repeat(20_000)}`],
    ['a million digits', `{"user":${'9'.repeat(1_000_000)}}`],
    ['__proto__', JSON.stringify(batch(['1'])).replace('{', '{"__proto__":{"user":"eva"},')],
    ['a name twice', JSON.stringify(batch(['1'])).replace('{', '{"user":"eva",')],
    ['half of a character', JSON.stringify(batch(['1'])).replace('ada', '\\ud800')],
    ['a number beyond all', JSON.stringify(batch(['1'])).replace('9.8', '1e999')],
    ['NUL', JSON.stringify(batch(['1'])).replace('ada', '\\u0000')],
  ])('refuses a message with %s', async (_what, text) => {
    device.send(text);
    await expect.poll(() => device.answers).toMatchObject([{ nack: 1, problem: { status: 400 } }]);
    expect(await harness.rows()).toEqual([]);
  });

  it('is the only socket', async () => {
    expect(await new Device(harness, {}, '/v1/live').opened).toBe(404);
  });
});

describe('WS /v1/samples with tokens', () => {
  const { access, texts } = withTokens(
    { roles: ['ingest'], users: ['ada'] },
    { roles: ['subscribe'], users: ['*'] },
  );
  let harness: PhonesHarness;
  beforeEach(async () => {
    harness = await PhonesHarness.open({ access });
  });
  afterEach(() => harness.close());

  it('lets in whose token has the role ingest', async () => {
    expect(await new Device(harness).opened).toBe(401);
    expect(await new Device(harness, { authorization: `Bearer ${texts[1]}` }).opened).toBe(403);
    const device = new Device(harness, { authorization: `Bearer ${texts[0]}` });
    expect(await device.opened).toBe(101);
    device.close();
  });

  it('is closed when its token is revoked, and takes nothing more from who does not go', async () => {
    const tokens = tokensInFile({ roles: ['ingest'], users: ['ada'] });
    const guarded = await PhonesHarness.open({ access: tokens.access });
    const device = new Device(guarded, { authorization: `Bearer ${tokens.texts[0]}` });
    await device.opened;
    device.send(batch(['1']));
    await expect.poll(() => device.answers).toEqual([{ ack: 1 }]);
    tokens.revokeAll();
    // Sent before the goodbye has been heard.
    device.send(batch(['2']));
    expect(await device.closed).toBe(4401);
    expect((await guarded.rows()).map(({ subNs }) => subNs)).toEqual([1]);
    await guarded.close();
    tokens.remove();
  });

  it('refuses batches of other users, whole, and takes those of its own', async () => {
    const device = new Device(harness, { authorization: `Bearer ${texts[0]}` });
    await device.opened;
    device.send(batch(['1'], { user: 'eva' }));
    device.send(batch(['2']));
    await expect
      .poll(() => device.answers)
      .toMatchObject([{ nack: 1, problem: { code: 'forbidden_user' } }, { ack: 2 }]);
    expect((await harness.rows()).map(({ user }) => user)).toEqual(['ada']);
    device.close();
  });
});
