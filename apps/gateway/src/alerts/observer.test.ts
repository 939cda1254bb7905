import { TOPICS } from '@hark/contracts';
import { LogAwayError, MemoryLog } from '@hark/streaming';
import { expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.js';
import { AlertDesk } from './alert-desk.js';
import { HeardDevices } from './heard-devices.js';
import { Observer } from './observer.js';

it('goes on looking when the log has been away in between', async () => {
  const clock = new ManualClock(0);
  const log = new MemoryLog({ now: () => clock.now() });
  const ingest = await log.writer('ingest');
  const records = [{ key: '', value: Uint8Array.of(1) }];
  await ingest.commit({ appends: [{ topic: TOPICS.samples, partition: 0, records }] });
  let reads = 0;
  const { read } = log;
  log.read = async (...asked) => {
    if (reads++ === 0) throw new LogAwayError('away');
    return read.apply(log, asked);
  };
  const options = { silentAfterMs: 60_000, behindAfterMs: 4000 };
  const observer = new Observer(
    log,
    await log.writer('gateway'),
    clock,
    new AlertDesk(),
    new HeardDevices(options.silentAfterMs),
    () => Promise.resolve(0),
    options,
  );
  const ending = new AbortController();
  const running = observer.run(ending.signal);
  for (let second = 1; second <= 5; second++) {
    clock.advance(1000);
    for (let i = 0; i < 20; i++) await clock.turn();
  }
  ending.abort();
  await running;
  expect(reads).toBeGreaterThan(1);
  const [observed] = await log.read(TOPICS.observations, 0, 0, 1 << 20);
  expect(JSON.parse(Buffer.from(observed.value).toString())).toMatchObject({ kind: 'behind', app: 'ingest' });
});
