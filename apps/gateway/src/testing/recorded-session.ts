import { TOPICS } from '@hark/contracts';
import type { LearnerOptions } from '@hark/models';
import { MemoryArtifactStore, MemoryLog } from '@hark/streaming';
import { samplesRecord, type TestRow } from './sample-records.js';
import { testLearner, windowRecord } from './test-learner.js';

/** When the recording begins, milliseconds since 1970. */
export const RECORDED_FROM = Date.UTC(2026, 0, 1);
/** 60 s at 50 Hz: 30 s of walking, then 30 s of sitting; one record of `samples` a second. */
export const RECORDED_SECONDS = 60;
/** Final windows of it. */
export const RECORDED_WINDOWS = 48;

/**
 * A log with one session of the user `a`, among rows of somebody else, and a learner that has made four versions of
 * windows that came before.
 */
export async function recordedSession(options: Partial<LearnerOptions> = {}) {
  const log = new MemoryLog({ now: () => 1000 });
  const artifacts = new MemoryArtifactStore();
  const learner = await testLearner(log, artifacts, 4, options);
  const ingest = await log.writer('ingest');
  const training = Array.from({ length: 12 }, (_, i) =>
    windowRecord({ user: 'z', startMs: RECORDED_FROM + i * 2560, label: i % 2 === 0 ? 'walk' : 'sit' }),
  );
  const records: { key: string; value: Uint8Array }[] = [];
  for (let second = 0; second < RECORDED_SECONDS; second++) {
    const rows = Array.from({ length: 50 }, (_, i): TestRow => {
      const walking = second < RECORDED_SECONDS / 2;
      return {
        ns: BigInt(RECORDED_FROM + second * 1000 + i * 20) * 1_000_000n,
        xyz: [walking ? 5 + Math.sin(i) : Math.sin(i), 0, 9.8],
        gt: walking ? 'walk' : 'sit',
      };
    });
    records.push({ key: '', value: samplesRecord([...rows, { ns: rows[0].ns, user: 'someone else' }]) });
  }
  await ingest.commit({
    appends: [
      { topic: TOPICS.windows, partition: 0, records: training },
      { topic: TOPICS.samples, partition: 0, records },
    ],
  });
  await learner.step();
  return { log, artifacts, learner };
}
