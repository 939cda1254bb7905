import { MemoryLog } from '@hark/streaming';
import { expect, it } from 'vitest';
import { ask, startGateway } from '../testing/gateway-harness.js';
import { ManualClock } from '../testing/manual-clock.js';

it('a gateway that another has taken over from is not ready, and answers 503 where something is to be stored', async () => {
  const log = new MemoryLog({ now: () => 0 });
  const gateway = await startGateway({ log, clock: new ManualClock(0) });
  await expect.poll(() => gateway.gateway.readiness()).toBe(null);
  await log.writer('gateway');
  expect(gateway.gateway.readiness()).toBe('another gateway has taken over this log');
  const { status, body } = await ask(`${gateway.url}/v1/models`, 'POST', {});
  expect([status, body]).toMatchObject([503, { code: 'fenced', title: 'Taken over' }]);
  expect(gateway.unforeseen).toEqual([]);
  await gateway.close();
});
