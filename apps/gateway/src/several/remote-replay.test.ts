import { TOPICS, type SubscribePayload } from '@hark/contracts';
import { UserScope } from '@hark/service';
import { MemoryLog } from '@hark/streaming';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.js';
import type { Channel } from '../live/channel.js';
import { ChannelFeed } from '../live/channel-feed.js';
import { eventFraming } from '../live/framing.js';
import { MemoryChannel } from '../live/memory-channel.js';
import { RemoteReplay } from './remote-replay.js';
import { ReplayDirectory } from './replay-directory.js';
import { replayMessagesRoute } from './replay-messages-route.js';

let server: Server;
let owner: string | null;
let channels: Map<string, Channel>;
let replay: MemoryChannel;
let remote: RemoteReplay;

beforeEach(async () => {
  owner = 'w1';
  replay = new MemoryChannel('r1', 1000);
  channels = new Map([['r1', replay]]);
  const route = replayMessagesRoute({ own: () => owner, channel: (id) => channels.get(id) });
  server = createServer((request, response) => {
    void route(request, response, (error) => {
      response.statusCode = error === undefined ? 404 : 503;
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  remote = new RemoteReplay('r1', async () => ({ owner: 'w1', address }));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const message = (i: number, final = true) => ({
  ...{ users: ['a'], devices: ['d'], final },
  payload: JSON.stringify({ i }),
});

describe('the channel of a replay that runs at another gateway', () => {
  it('has the messages, offsets and newest of there', async () => {
    for (let i = 0; i < 5; i++) replay.append(message(i, i < 4));
    expect(await remote.end()).toBe(5);
    expect(await remote.read(2, 1 << 16)).toEqual(await replay.read(2, 1 << 16));
    expect(await remote.read(0, 1)).toEqual(await replay.read(0, 1));
    expect(await remote.snapshot('append')).toEqual(await replay.snapshot('append'));
    expect(await remote.snapshot('update')).toEqual(await replay.snapshot('update'));
    expect(remote.finished).toBe(false);
  });

  it('brings what comes, and its end, to who is subscribed', async () => {
    const feed = new ChannelFeed(remote, systemClock);
    const heard: string[] = [];
    const sink = {
      full: false,
      send: (frame: Buffer) => void heard.push(String(frame)),
      drained: async () => undefined,
    };
    const completed = new Promise<void>((resolve) => {
      const payload: SubscribePayload = { channel: 'replay:r1', mode: 'append', since: 'earliest' };
      feed.join(payload, UserScope.all, eventFraming, sink, {
        ...{ begun: () => undefined, gap: () => undefined, expired: () => false },
        failed: (code) => void heard.push(code),
        completed: resolve,
      });
    });
    for (let i = 0; i < 3; i++) {
      replay.append(message(i));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    replay.finish();
    await completed;
    expect(heard).toEqual([0, 1, 2].map((i) => `id: r1:${i}\ndata: {"i":${i}}\n\n`));
  });

  it('has what there was again when whoever takes the replay up has come to it', async () => {
    for (let i = 0; i < 3; i++) replay.append(message(i));
    expect((await remote.read(0, 1000)).next).toBe(3);
    const again = new MemoryChannel('r1', 1000, 0, true);
    channels.set('r1', again);
    const read = remote.read(1, 1000);
    for (let i = 0; i < 2; i++) {
      again.append(message(i));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect((await read).entries).toEqual([{ ...message(1), offset: 1 }]);
    // What nobody has heard is not waited for.
    expect((await remote.read(3, 1000)).entries).toEqual([]);
  });

  it('is over where the other knows of no such replay', async () => {
    const forgotten = new RemoteReplay('r2', () => Promise.resolve({ owner: 'w1', address: addressOf() }));
    expect(await forgotten.read(7, 100)).toEqual({ entries: [], next: 7, dropped: 0 });
    expect(forgotten.finished).toBe(true);
  });

  it('waits for whoever takes the replay up', async () => {
    replay.append(message(0));
    owner = 'w2';
    const read = remote.read(0, 100);
    await new Promise((resolve) => setTimeout(resolve, 20));
    owner = 'w1';
    expect((await read).entries.length).toBe(1);
  });

  it('is shown to nobody who does not know who opened the writer', async () => {
    const response = await fetch(`http://${addressOf()}/v1/gateways/replays/r1?from=0`);
    expect(response.status).toBe(503);
  });
});

describe('the replays that run at another gateway', () => {
  it('have a channel here from the log on, until they are forgotten', async () => {
    const log = new MemoryLog({ now: () => 0 });
    const writer = await log.writer('gateway');
    const write = (record: unknown) => {
      const records = [{ key: '', value: Buffer.from(JSON.stringify(record)) }];
      return writer.commit({ appends: [{ topic: TOPICS.replays, partition: 0, records }] });
    };
    const done: string[] = [];
    const hub = {
      open: (name: string, _channel: Channel, user?: string) => void done.push(`open ${name} of ${user}`),
      close: (name: string) => void done.push(`close ${name}`),
    };
    const directory = new ReplayDirectory(log, hub, (id) => new MemoryChannel(id, 0));
    await write({ kind: 'begun', replay: { id: 'r1', session: { user: 'a' } } });
    const ending = new AbortController();
    const running = directory.run(ending.signal);
    await expect.poll(() => directory.lag()).toBe(0);
    await write({ kind: 'stood', id: 'r1', standing: {} });
    await write({ kind: 'forgotten', id: 'r1' });
    await expect.poll(() => directory.lag()).toBe(0);
    expect(done).toEqual(['open replay:r1 of a', 'close replay:r1']);
    ending.abort();
    await running;
  });
});

function addressOf(): string {
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
