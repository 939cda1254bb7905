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

/** A gateway with a recorded session and four versions, beside a learner that answers what it is asked. */
export async function busyGateway() {
  const { log, artifacts, learner } = await recordedSession();
  const started = await startGateway({ log, clock: fastClock, artifacts });
  const { models, sessions } = started.gateway;
  const reports = await testReports(log);
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
