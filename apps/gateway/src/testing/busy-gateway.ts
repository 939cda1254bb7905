import type { ReportSpec } from '@hark/contracts';
import type { Clock } from '../clock.js';
import { startGateway } from './gateway-harness.js';
import { testReports } from './test-reports.js';
import { RECORDED_SECONDS, recordedSession } from './recorded-session.js';

/** Runs a hundred times as fast as a clock on the wall: what takes long is over soon. */
const fastClock: Clock = {
  now: () => 1_000_000 + performance.now() * 100,
  after: (ms, action) => {
    const timer = setTimeout(action, ms / 100);
    return () => clearTimeout(timer);
  },
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};

/** Two of those that ingest has. */
const BUILT_IN: readonly ReportSpec[] = ['activity_counts_10m', 'stairs'].map((name) => ({
  name,
  from: 'samples',
  groupBy: { window: { size: '10 minutes' } },
  aggregate: [{ fn: 'count' }],
}));

/**
 * A gateway with a recorded session, four versions and two reports, beside a learner and an ingest that answer what they
 * are asked.
 */
export async function busyGateway() {
  const { log, artifacts, learner } = await recordedSession();
  const started = await startGateway({ log, clock: fastClock, artifacts });
  const { models, sessions } = started.gateway;
  const reports = await testReports(log, BUILT_IN);
  let ended = false;
  const learn = async (): Promise<void> => {
    for (; !ended; await new Promise((resolve) => setTimeout(resolve, 1))) {
      await learner.step();
      await reports.step();
    }
  };
  const learning = learn();
  const recorded = () => [...sessions.newest(Infinity)].find(({ user }) => user === 'a');
  while (!models.ready || recorded()?.lastRecord !== RECORDED_SECONDS - 1) await fastClock.turn();
  return {
    ...started,
    /** Id of the session. */
    session: recorded()?.id ?? '',
    close: async () => {
      ended = true;
      await learning;
      await started.close();
    },
  };
}
