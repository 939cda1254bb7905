import type { Comparison, ReplayView } from '@hark/contracts';
import { loadTensorFlow } from '@hark/models/tensorflow';
import { expect, it } from 'vitest';
import { ask, startGateway } from '../testing/gateway-harness.js';
import { ManualClock } from '../testing/manual-clock.js';
import { meanFeatures } from '../testing/mean-features.js';
import { RECORDED_WINDOWS, recordedSession } from '../testing/recorded-session.js';

async function gatewayOf(
  load: () => ReturnType<typeof loadTensorFlow>,
  { log, artifacts }: Awaited<ReturnType<typeof recordedSession>>,
) {
  const clock = new ManualClock(1_000_000);
  const replayModel = {
    ...{ windows: {}, features: () => meanFeatures },
    tensorFlow: async () => (await load()).network,
  };
  const started = await startGateway({ log, clock, artifacts, replayModel });
  const { models, sessions } = started.gateway;
  while (!models.ready || [...sessions.newest(Infinity)].length === 0) await clock.turn();
  const post = (path: string, body: unknown) => ask(`${started.url}${path}`, 'POST', body);
  const { id: session } = [...sessions.newest(Infinity)].find(({ user }) => user === 'a') ?? { id: '' };
  return { ...started, clock, post, session };
}

it('plays and compares versions of the network on TensorFlow.js, loading it once', async () => {
  const { network } = await loadTensorFlow('cpu');
  let loads = 0;
  const load = () => {
    loads++;
    return loadTensorFlow('cpu');
  };
  const gateway = await gatewayOf(load, await recordedSession({ classifier: network }));
  const { session, clock } = gateway;
  expect(loads).toBe(0);
  const { status, body } = await gateway.post('/v1/replays', { session, speed: 'max' });
  expect([status, body]).toMatchObject([201, { model: 4 }]);
  const { id } = body;
  const view = async () => (await ask(`${gateway.url}/v1/replays/${id}`)).body as unknown as ReplayView;
  while ((await view()).status === 'playing') {
    clock.advance(250);
    await clock.turn();
  }
  const played = await view();
  expect(played).toMatchObject({ status: 'ended', predictions: RECORDED_WINDOWS, unanswered: 0 });
  const compared = await gateway.post('/v1/replays/compare', { session, models: [4, 3] });
  const { results } = compared.body as unknown as Comparison;
  expect(results[0]).toMatchObject({ predictions: RECORDED_WINDOWS, digest: played.digest });
  expect(loads).toBe(1);
  await gateway.close();
  expect(gateway.unforeseen).toEqual([]);
});

it('refuses such a version where TensorFlow.js does not start, and says why', async () => {
  const { network } = await loadTensorFlow('cpu');
  const load = () => loadTensorFlow('native', '/nowhere/tfjs-node');
  const gateway = await gatewayOf(load, await recordedSession({ classifier: network }));
  const { status, body } = await gateway.post('/v1/replays', { session: gateway.session });
  expect([status, body]).toMatchObject([
    409,
    {
      code: 'unknown_classifier',
      detail: "tfjs can't be loaded: TensorFlow.js does not start: native: /nowhere/tfjs-node is not there",
    },
  ]);
  await gateway.close();
});
