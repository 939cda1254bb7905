import { TOPICS } from '@hark/contracts';
import { MemoryLog } from '@hark/streaming';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { registerGatewayMetrics } from './gateway-metrics.js';
import { LiveClient, startGateway } from './testing/gateway-harness.js';
import { ManualClock } from './testing/manual-clock.js';
import { storedPrediction } from './testing/stored-predictions.js';

it('the metrics say who is subscribed, what was sent and what waits', async () => {
  const log = new MemoryLog({ now: () => 1000 });
  const learner = await log.writer('learner');
  await learner.commit({
    appends: [{ topic: TOPICS.predictions, partition: 0, records: [storedPrediction(), storedPrediction()] }],
  });
  const { gateway, live, close } = await startGateway({ log, clock: new ManualClock() });
  const metrics = new Registry();
  registerGatewayMetrics(metrics, gateway);
  const client = await LiveClient.open(live);
  client.subscribe('s1', { channel: 'predictions', since: 'earliest' });
  client.subscribe('s2', { channel: 'predictions', since: 'earliest' });
  await client.until(() => client.next('s1').length === 2 && client.next('s2').length === 2);
  while (((await gateway.lag())['version-scores'] ?? 0) > 0) await new Promise(setImmediate);
  const lines = (await metrics.metrics()).split('\n');
  for (const line of [
    'hark_gateway_subscriptions{channel="predictions"} 2',
    'hark_gateway_subscriptions{channel="replay"} 0',
    'hark_gateway_tail_lag_records{channel="predictions"} 0',
    'hark_gateway_messages_total{channel="predictions"} 4',
    'hark_gateway_replays 0',
    'hark_gateway_lag_records{index="sessions"} 0',
    'hark_gateway_lag_records{index="version-scores"} 0',
    'hark_gateway_lag_records{index="models"} 0',
  ]) {
    expect(lines).toContain(line);
  }
  expect(await gateway.status()).toMatchObject({
    lagRecords: { sessions: 0, 'version-scores': 0, models: 0 },
  });
  client.close();
  await close();
});
