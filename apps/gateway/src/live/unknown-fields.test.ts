import { MemoryLog } from '@hark/streaming';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LiveClient, ask, startGateway } from '../testing/gateway-harness.js';
import { ManualClock } from '../testing/manual-clock.js';

let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeEach(async () => {
  const log = new MemoryLog({ now: () => 0 });
  gateway = await startGateway({ log, clock: new ManualClock(0) });
});
afterEach(() => gateway.close());

describe('a subscription with a field that there is not', () => {
  it('is an error that names the one that was meant, and nothing is subscribed', async () => {
    const client = await LiveClient.open(gateway.live);
    client.subscribe('s1', { channel: 'predictions', user: ['a'], colour: 1 });
    await client.until((heard) => heard.some(({ type }) => type === 'error'));
    expect(client.heard.at(-1)).toEqual({
      type: 'error',
      id: 's1',
      payload: {
        code: 'unknown_field',
        message: 'there is no field "user", did you mean "users"?; there is no field "colour"',
      },
    });
    // The id is free.
    client.subscribe('s1', { channel: 'predictions', users: ['a'] });
    await client.until((heard) => heard.some(({ type }) => type === 'subscribed'));
    client.close();
  });

  it('is a 400 of the events that names the one that was meant', async () => {
    const { status, body } = await ask(`${gateway.url}/v1/events?channel=predictions&user=a`);
    expect([status, body]).toMatchObject([
      400,
      { code: 'invalid_request', detail: 'there is no field "user", did you mean "users"?' },
    ]);
  });
});
