import { TOPICS, toIsoTime, type Alert } from '@hark/contracts';
import { MemoryArtifactStore, MemoryLog, Runner, type NewRecord } from '@hark/streaming';
import { describe, expect, it } from 'vitest';
import { storedPrediction } from '../testing/stored-predictions.js';
import { AlertDesk, DESK_TOPICS } from './alert-desk.js';

const record = (value: unknown): NewRecord => ({ key: '', value: Buffer.from(JSON.stringify(value)) });

const rule = {
  ...{ name: null, activity: 'stand', forSeconds: 5, users: null, devices: null },
  ...{ minConfidence: 0, toleranceSeconds: 2, webhook: null },
};

/** A log with everything that the desk reads. */
async function filledLog(): Promise<MemoryLog> {
  const log = new MemoryLog({ now: () => 0 });
  const predictions = Array.from({ length: 120 }, (_, second) => {
    const window = { start: toIsoTime(second * 1000), end: toIsoTime(second * 1000 + 2000), startNs: '' };
    return storedPrediction({ activity: second % 30 < 15 ? 'stand' : 'walk', window });
  });
  const alerts = [1, 2, 3].map((n) => record({ id: `drift-${n}/drift`, data: { episode: `drift-${n}` } }));
  const id = { user: 'a', device: 'gear_1', at: toIsoTime(0), lastHeardAt: null };
  const observations = ['present', 'silent', 'heard'].map((kind) => record({ kind, ...id }));
  const learner = await log.writer('learner');
  await learner.commit({
    appends: [
      { topic: TOPICS.predictions, partition: 0, records: predictions },
      { topic: TOPICS.alerts, partition: 0, records: alerts },
    ],
  });
  const gateway = await log.writer('gateway');
  await gateway.commit({
    appends: [
      { topic: TOPICS.rules, partition: 0, records: [record({ kind: 'rule', rule, by: null, key: null })] },
      { topic: TOPICS.observations, partition: 0, records: observations },
    ],
  });
  return log;
}

/** Steps a desk to the end of the log; a new process takes over after each so many steps. */
async function announced(stepsOfAProcess: number): Promise<string[]> {
  const log = await filledLog();
  for (let more = true; more;) {
    const runner = new Runner({
      name: 'alert-desk',
      log,
      writer: await log.writer('gateway'),
      artifacts: new MemoryArtifactStore(),
      processor: new AlertDesk(),
      inputs: DESK_TOPICS.map((topic) => ({ topic, partition: 0 })),
      maxStepBytes: 1500,
      snapshotEveryBytes: 4000,
      sleep: () => Promise.resolve(),
    });
    await runner.recover();
    for (let i = 0; i < stepsOfAProcess && more; i++) more = await runner.step();
  }
  const records = await log.read(TOPICS.announcements, 0, 0, 1 << 20);
  return records.map(({ value }) => Buffer.from(value).toString());
}

describe('the desk in a process that is killed again and again', () => {
  it('announces everything once, as without a crash', async () => {
    const whole = await announced(Infinity);
    const ids = whole.map((text) => (JSON.parse(text) as Alert).id);
    expect(ids.filter((id) => id.startsWith('activity'))).toEqual([
      'activity-0-1/started',
      'activity-0-1/ended',
      'activity-0-2/started',
      'activity-0-2/ended',
      'activity-0-3/started',
      'activity-0-3/ended',
      'activity-0-4/started',
      'activity-0-4/ended',
    ]);
    expect(new Set(ids).size).toBe(8 + 3 + 2);
    for (const steps of [1, 2, 3, 7]) expect(await announced(steps)).toEqual(whole);
  });
});
