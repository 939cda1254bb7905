import { beforeEach, describe, expect, it } from 'vitest';
import { HarkAuthError, HarkCursorExpiredError, HarkProtocolError, HarkStreamError } from './errors.js';
import { HarkClient } from './hark-client.js';
import type { ConnectionState } from './live/connection-state.js';
import type { ChannelOptions, Gap } from './live/stream-options.js';
import { FakeGateway } from './testing/fake-gateway.js';
import { ManualEnvironment, seeded, settled } from './testing/manual-environment.js';

let gateway: FakeGateway;
let world: ManualEnvironment;
let states: ConnectionState[];
let hark: HarkClient;

beforeEach(() => {
  gateway = new FakeGateway();
  world = new ManualEnvironment(gateway.socket);
  states = [];
  hark = new HarkClient({
    url: 'http://hark.test:3000/',
    token: 'hk_1_secret',
    environment: world,
    onState: (state) => states.push(state),
  });
});

/** Reads a stream to its end in the background. */
function read(channel: string, options?: ChannelOptions) {
  const stream = hark.subscribe<number>(channel, options);
  const got: number[] = [];
  const over = (async () => {
    for await (const message of stream) got.push(message);
  })();
  over.catch(() => undefined);
  return { stream, got, over };
}

/** Lets the client and the gateway talk until neither has more to say. */
async function talk(): Promise<void> {
  await settled();
  while (gateway.open.some(({ outgoing }) => outgoing.length > 0)) {
    gateway.deliver();
    await settled();
  }
}

function store(channel: string, from: number, to: number): void {
  for (let i = from; i < to; i++) gateway.store(channel, i);
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const asked = () => gateway.heard.filter(({ type }) => type === 'subscribe').map(({ payload }) => payload);

describe('a stream', () => {
  it.each([1, 2, 3, 4, 5])(
    'over fifty cuts gives what is stored, each message once (seed %i)',
    async (seed) => {
      const random = seeded(seed);
      const below = (bound: number) => Math.floor(random() * bound);
      world.random = random;
      const streams = [
        read('predictions', { since: 'earliest' }),
        read('alerts', { since: 'earliest', bufferSize: 3 }),
      ];
      const codes = [1001, 1006, 1011, 1013, 4108, 4408];
      let stored = 0;
      for (let cuts = 0; cuts < 50; cuts++) {
        for (let i = below(4); i >= 0; i--) {
          for (let more = below(8); more > 0; more--) gateway.store('predictions', stored++, below(3));
          if (below(3) === 0) gateway.store('alerts', stored);
          gateway.deliver(below(30));
          if (below(2) === 0) await settled();
        }
        gateway.cut(codes[below(codes.length)]);
        await world.advance(below(2) === 0 ? 9000 : 200);
      }
      for (let tries = 0; tries < 100 && states.at(-1)?.state !== 'live'; tries++) {
        await world.advance(500);
        await talk();
      }
      for (const { stream, got } of streams) {
        expect(got).toEqual(gateway.stored(stream.channel).map(({ payload }) => payload));
        expect(got.length).toBeGreaterThan(15);
      }
      expect(gateway.sockets.length).toBeGreaterThan(25);
    },
  );

  it('begins with the newest, and with what is asked for', async () => {
    store('predictions', 0, 3);
    const { got } = read('predictions', { users: ['a'], mode: 'update', maxRateHz: 5 });
    await talk();
    store('predictions', 3, 5);
    await talk();
    expect(got).toEqual([3, 4]);
    expect(asked()).toEqual([{ channel: 'predictions', users: ['a'], mode: 'update', maxRateHz: 5 }]);
  });

  it('that has begun misses nothing, read or not', async () => {
    const stream = hark.predictions();
    const begun = stream.begin();
    await talk();
    expect(await begun).toEqual({ epoch: 'e1', offset: -1 });
    store('predictions', 0, 2);
    await talk();
    expect((await stream.next()).value).toBe(0);
    expect(stream.cursor).toEqual({ epoch: 'e1', offset: 0 });
  });

  it('that begins with the newest and is cut before anything has come goes on from where it began', async () => {
    store('predictions', 0, 3);
    const { got } = read('predictions');
    await talk();
    gateway.cut();
    store('predictions', 3, 5);
    await world.advance(250);
    await talk();
    expect(got).toEqual([3, 4]);
  });

  it('given the cursor of another goes on behind it', async () => {
    store('predictions', 0, 9);
    const first = hark.predictions({ since: 'earliest' });
    const taken: unknown[] = [];
    const reading = (async () => {
      for await (const message of first) {
        taken.push(message);
        if (taken.length === 4) break;
      }
    })();
    await talk();
    await reading;
    const { got } = read('predictions', { since: first.cursor ?? 'latest' });
    await talk();
    expect([...taken, ...got]).toEqual(numbers(0, 9));
  });

  it('that is left tells the service so', async () => {
    const { stream, over } = read('predictions');
    read('alerts');
    await talk();
    await stream.return();
    await over;
    expect(gateway.heard.at(-1)).toEqual({ type: 'complete', id: 's1' });
    expect(gateway.open).toHaveLength(1);
  });

  it('ends with its signal', async () => {
    const stop = new AbortController();
    const { got, over } = read('predictions', { signal: stop.signal });
    await talk();
    gateway.store('predictions', 0);
    await talk();
    stop.abort();
    await over;
    expect(got).toEqual([0]);
    expect(gateway.open).toEqual([]);
  });

  it('of a signal that was aborted before asks for nothing', async () => {
    const { over } = read('predictions', { signal: AbortSignal.abort() });
    await over;
    expect(gateway.sockets).toEqual([]);
  });

  it('of a replay begins at its beginning and ends with it, after its last message', async () => {
    store('replay:r1', 0, 3);
    const stream = hark.replay('r1');
    const got: unknown[] = [];
    const over = (async () => {
      for await (const message of stream) got.push(message);
    })();
    await settled();
    gateway.deliver(2);
    await settled();
    gateway.complete('replay:r1');
    await talk();
    await over;
    expect(got).toEqual([0, 1, 2]);
    expect(gateway.open).toEqual([]);
  });

  it('keeps its place while it is given a snapshot, however long that is', async () => {
    store('predictions', 0, 10);
    const stream = hark.predictions({ snapshot: true, bufferSize: 2 });
    const begun = stream.begin();
    await talk();
    await begun;
    for (const offset of [2, 5, 7]) {
      gateway.say('predictions', { type: 'next', epoch: 'e1', offset, payload: { snapshot: true, offset } });
    }
    await talk();
    const taken = [await stream.next(), await stream.next(), await stream.next()];
    expect(taken.map(({ value }) => value)).toMatchObject([{ offset: 2 }, { offset: 5 }, { offset: 7 }]);
    expect(stream.cursor).toEqual({ epoch: 'e1', offset: 9 });
    gateway.cut();
    store('predictions', 10, 11);
    await world.advance(250);
    await talk();
    expect((await stream.next()).value).toBe(10);
  });
});

describe('a reader that does not keep up', () => {
  it('lets the service stop and go on later, loses nothing, and delays no other stream', async () => {
    const slow = hark.subscribe<number>('predictions', { bufferSize: 10 });
    const begun = slow.begin();
    const { got } = read('alerts');
    await talk();
    await begun;
    store('predictions', 0, 100);
    store('alerts', 0, 100);
    await talk();
    expect(got).toEqual(numbers(0, 100));
    expect(gateway.heard.at(-1)).toEqual({ type: 'complete', id: 's1' });
    const taken = [];
    for (let i = 0; i < 5; i++) taken.push((await slow.next()).value);
    expect(asked().at(-1)).toEqual({ channel: 'predictions', since: { epoch: 'e1', offset: 9 } });
    await talk();
    while (taken.length < 100) {
      taken.push((await slow.next()).value);
      await world.advance(25);
      await talk();
    }
    expect(taken).toEqual(numbers(0, 100));
  });

  it('is not asked for again on a new socket before it has room', async () => {
    const slow = hark.subscribe<number>('predictions', { bufferSize: 4 });
    const begun = slow.begin();
    await talk();
    await begun;
    store('predictions', 0, 9);
    await talk();
    gateway.cut();
    await world.advance(250);
    await talk();
    expect(asked()).toHaveLength(1);
    const taken = [];
    while (taken.length < 9) {
      taken.push((await slow.next()).value);
      await world.advance(25);
      await talk();
    }
    expect(taken).toEqual(numbers(0, 9));
    expect(asked()[1]).toEqual({ channel: 'predictions', since: { epoch: 'e1', offset: 3 } });
  });

  it('is asked for again at most forty times a second, for the service counts messages', async () => {
    const slow = hark.subscribe<number>('predictions', { bufferSize: 1, since: 'earliest' });
    store('predictions', 0, 100);
    const taken: unknown[] = [];
    const reading = (async () => {
      for await (const message of slow) taken.push(message);
    })();
    await talk();
    const before = gateway.heard.length;
    for (let ms = 0; ms < 1000; ms += 5) {
      await world.advance(5);
      await talk();
    }
    expect(gateway.heard.length - before).toBeLessThanOrEqual(82);
    expect(taken.length).toBeGreaterThanOrEqual(40);
    expect(taken).toEqual(numbers(0, taken.length));
    hark.close();
    await reading;
    expect(world.pending).toBe(0);
  });

  it('with `skip` gets the newest, and is told how many are missing', async () => {
    const gaps: Gap[] = [];
    const slow = hark.subscribe<number>('predictions', {
      bufferSize: 10,
      whenFull: 'skip',
      onGap: (gap) => gaps.push(gap),
    });
    const begun = slow.begin();
    await talk();
    await begun;
    store('predictions', 0, 100);
    await talk();
    expect(gaps).toEqual([]);
    expect((await slow.next()).value).toBe(90);
    expect(gaps).toEqual([{ dropped: 90, reason: 'full' }]);
    expect((await slow.next()).value).toBe(91);
    expect(gaps).toHaveLength(1);
  });
});

describe('a gap', () => {
  it('is told before the message behind it', async () => {
    const seen: unknown[] = [];
    const stream = hark.subscribe<number>('replay:r1', { onGap: (gap) => seen.push(gap) });
    const over = (async () => {
      for await (const message of stream) seen.push(message);
    })();
    await talk();
    store('replay:r1', 0, 1);
    gateway.say('replay:r1', { type: 'gap', dropped: 3, reason: 'slow_consumer' });
    gateway.say('replay:r1', { type: 'gap', dropped: 4, reason: 'slow_consumer' });
    store('replay:r1', 1, 3);
    await talk();
    gateway.complete('replay:r1');
    await talk();
    await over;
    expect(seen).toEqual([0, { dropped: 7, reason: 'not_kept' }, 1, 2]);
  });

  it('said before 4108 is none: what is behind it comes on the next socket', async () => {
    const gaps: Gap[] = [];
    const { got } = read('predictions', { since: 'earliest', onGap: (gap) => gaps.push(gap) });
    store('predictions', 0, 2);
    await talk();
    gateway.say('predictions', { type: 'gap', dropped: 2, reason: 'slow_consumer' });
    await talk();
    gateway.cut(4108, 'too slow');
    store('predictions', 2, 4);
    await world.advance(250);
    await talk();
    expect(got).toEqual([0, 1, 2, 3]);
    expect(gaps).toEqual([]);
  });

  it('of an expired cursor is thrown, after what came before it', async () => {
    store('predictions', 0, 2);
    const stream = hark.predictions({ since: 'earliest' });
    const begun = stream.begin();
    await talk();
    await begun;
    gateway.cut();
    gateway.forget('e2');
    await world.advance(250);
    await talk();
    expect((await stream.next()).value).toBe(0);
    expect((await stream.next()).value).toBe(1);
    await expect(stream.next()).rejects.toBeInstanceOf(HarkCursorExpiredError);
    expect((await stream.next()).done).toBe(true);
    expect(gateway.open).toEqual([]);
  });

  it('of an expired cursor is told where the stream shall go on', async () => {
    const gaps: Gap[] = [];
    const { got } = read('predictions', {
      since: 'earliest',
      whenExpired: 'earliest',
      onGap: (gap) => gaps.push(gap),
    });
    store('predictions', 0, 2);
    await talk();
    gateway.cut();
    store('predictions', 2, 6);
    gateway.earliest = 4;
    await world.advance(250);
    await talk();
    expect(got).toEqual([0, 1, 4, 5]);
    expect(gaps).toEqual([{ dropped: null, reason: 'cursor_expired' }]);
  });

  it('of progress, which nobody stores, ends nothing', async () => {
    const { got } = read('progress');
    await talk();
    gateway.cut();
    gateway.forget('e2');
    await world.advance(250);
    await talk();
    store('progress', 7, 8);
    await talk();
    expect(got).toEqual([7]);
  });
});

describe('the connection', () => {
  it('is one for all streams, at /v1/live, with the token in connection_init alone', async () => {
    for (const channel of ['predictions', 'alerts', 'models']) read(channel);
    await talk();
    expect(gateway.sockets.map(({ url }) => url)).toEqual(['ws://hark.test:3000/v1/live']);
    expect(gateway.heard[0]).toEqual({ type: 'connection_init', payload: { token: 'hk_1_secret' } });
    expect(gateway.heard.slice(1).map(({ id }) => id)).toEqual(['s1', 's2', 's3']);
  });

  it('is closed behind the last stream, and opened again for the next', async () => {
    const first = read('predictions');
    const second = read('alerts');
    await talk();
    hark.close();
    await Promise.all([first.over, second.over]);
    expect(gateway.open).toEqual([]);
    expect(world.pending).toBe(0);
    read('predictions');
    await talk();
    expect(gateway.open).toHaveLength(1);
    expect(states.map(({ state }) => state)).toEqual(['connecting', 'live', 'idle', 'connecting', 'live']);
  });

  it('is tried again after pauses that double, to 30 s at most, and says when', async () => {
    read('predictions');
    const pauses: number[] = [];
    for (let tries = 1; tries <= 10; tries++) {
      await settled();
      gateway.cut(1006, 'refused');
      const state = states.at(-1);
      if (state?.state !== 'waiting') throw new Error(`it is ${state?.state}`);
      expect(state).toMatchObject({ reason: 'refused', closeCode: 1006, tries });
      pauses.push(state.retryAtMs - world.now());
      await world.advance(state.retryAtMs - world.now() - 1);
      expect(gateway.sockets).toHaveLength(tries);
      await world.advance(1);
      expect(gateway.sockets).toHaveLength(tries + 1);
    }
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('pauses up to half as long, by chance', async () => {
    world.random = () => 0.5;
    read('predictions');
    await settled();
    gateway.cut();
    expect(states.at(-1)).toMatchObject({ retryAtMs: world.now() + 188 });
  });

  it('begins with short pauses again after a message, or 5 s', async () => {
    const pause = () => {
      const state = states.at(-1);
      return state?.state === 'waiting' ? state.retryAtMs - world.now() : null;
    };
    const cut = async () => {
      gateway.cut();
      const ms = pause();
      await world.advance(ms ?? 0);
      await talk();
      return ms;
    };
    read('predictions');
    await talk();
    expect([await cut(), await cut(), await cut()]).toEqual([250, 500, 1000]);
    gateway.store('predictions', 0);
    await talk();
    expect([await cut(), await cut()]).toEqual([250, 500]);
    await world.advance(5000);
    expect(await cut()).toBe(250);
  });

  it('answers pings, and is given up when nothing was heard for 30 s', async () => {
    read('predictions');
    await talk();
    for (let beats = 0; beats < 4; beats++) {
      await world.advance(20_000);
      gateway.say('predictions', { type: 'ping' });
      await talk();
    }
    expect(gateway.heard.filter(({ type }) => type === 'pong')).toHaveLength(4);
    expect(gateway.sockets).toHaveLength(1);
    await world.advance(29_999);
    expect(gateway.open).toHaveLength(1);
    await world.advance(1);
    expect(states.at(-1)).toMatchObject({
      state: 'waiting',
      reason: 'nothing was heard for two heartbeats',
    });
    expect(gateway.open).toEqual([]);
    await world.advance(250);
    expect(gateway.sockets).toHaveLength(2);
  });

  it('that is not let in within 10 s is tried again', async () => {
    read('predictions');
    await settled();
    await world.advance(10_000);
    expect(states.at(-1)).toMatchObject({ state: 'waiting', reason: 'the service did not answer in time' });
  });

  it('that fires an error and a close is lost once', async () => {
    read('predictions');
    await settled();
    gateway.sockets[0].emit({ type: 'error', message: 'connect ECONNREFUSED' });
    gateway.sockets[0].emit({ type: 'close', code: 1006, reason: '' });
    expect(states.slice(1)).toMatchObject([{ state: 'waiting', reason: 'connect ECONNREFUSED', tries: 1 }]);
  });

  it('over which something else speaks is given up', async () => {
    read('predictions');
    await talk();
    gateway.sockets[0].emit({ type: 'message', data: '<html>' });
    expect(states.at(-1)).toMatchObject({
      state: 'waiting',
      reason: 'what came is no message of the protocol',
    });
  });

  it('waits where there is no socket to be had', async () => {
    hark = new HarkClient({
      url: 'http://hark.test',
      environment: new ManualEnvironment(),
      onState: (state) => states.push(state),
    });
    read('predictions');
    await settled();
    expect(states.at(-1)).toMatchObject({ state: 'waiting', reason: 'no socket here' });
    hark.close();
  });

  it.each([
    [4401, HarkAuthError, 'unauthorized'],
    [4403, HarkAuthError, 'forbidden'],
    [4400, HarkProtocolError, 'protocol'],
    [4409, HarkProtocolError, 'protocol'],
  ])('closed with %i is not tried again, and every stream throws', async (closeCode, type, code) => {
    const streams = [read('predictions'), read('alerts')];
    await talk();
    gateway.cut(closeCode, 'because');
    for (const { over } of streams) {
      const error = await over.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(type);
      expect(error).toMatchObject({ code, closeCode });
      expect(String(error)).toContain('because');
    }
    expect(states.at(-1)).toMatchObject({ state: 'failed', error: { code } });
    expect(world.pending).toBe(0);
    read('predictions');
    await talk();
    expect(states.at(-1)).toEqual({ state: 'live' });
  });

  it('asks for a token anew each time', async () => {
    let asked = 0;
    hark = new HarkClient({
      url: 'https://hark.test/behind/a/proxy',
      token: () => `hk_${++asked}_secret`,
      environment: world,
    });
    read('predictions');
    await talk();
    gateway.cut();
    await world.advance(250);
    await talk();
    expect(gateway.sockets.map(({ url }) => url)).toEqual([
      'wss://hark.test/behind/a/proxy/v1/live',
      'wss://hark.test/behind/a/proxy/v1/live',
    ]);
    const inits = gateway.heard.filter(({ type }) => type === 'connection_init');
    expect(inits.map(({ payload }) => payload)).toEqual([{ token: 'hk_1_secret' }, { token: 'hk_2_secret' }]);
  });
});

describe('an error of the service', () => {
  it('ends its stream and no other', async () => {
    const lost = read('replay:none');
    const other = read('predictions');
    await talk();
    gateway.say('replay:none', { type: 'error', payload: { code: 'unknown_channel', message: 'no such' } });
    await talk();
    const error = await lost.over.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HarkStreamError);
    expect(error).toMatchObject({ code: 'unknown_channel', channel: 'replay:none' });
    gateway.store('predictions', 0);
    await talk();
    expect(other.got).toEqual([0]);
  });

  it('that passes, `log_unavailable`, is waited for', async () => {
    const { got } = read('predictions');
    await talk();
    gateway.store('predictions', 0);
    await talk();
    gateway.say('predictions', { type: 'error', payload: { code: 'log_unavailable', message: 'not now' } });
    await talk();
    gateway.store('predictions', 1);
    await talk();
    expect(got).toEqual([0]);
    await world.advance(250);
    await talk();
    expect(got).toEqual([0, 1]);
  });
});

it.each(['127.0.0.1:3000', 'ftp://hark.test', ''])('a client for %j is not made', (url) => {
  expect(() => new HarkClient({ url })).toThrow(TypeError);
});
