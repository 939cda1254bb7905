import { TOPICS } from '@hark/contracts';
import { MemoryLog } from '@hark/streaming';
import { expect, it } from 'vitest';
import { SessionIndex } from '../sessions/session-index.js';
import { samplesRecord } from '../testing/sample-records.js';
import { KnownUsers } from './known-users.js';

const json = (value: unknown) => ({ key: '', value: new TextEncoder().encode(JSON.stringify(value)) });

async function known(caughtUp = true): Promise<KnownUsers> {
  const log = new MemoryLog({ now: () => 0 });
  const samples = [{ key: '', value: samplesRecord([{ ns: 1_000_000_000n }]) }];
  const refused = [json({ row: 'x,y,z,bob' }), { key: '', value: new Uint8Array(0) }];
  const ingest = await log.writer('ingest');
  await ingest.commit({
    appends: [
      { topic: TOPICS.samples, partition: 0, records: samples },
      { topic: TOPICS.deadLetter, partition: 0, records: refused },
    ],
  });
  const rule = { kind: 'rule', rule: { users: ['carol'], activity: 'stand' } };
  const gateway = await log.writer('gateway');
  await gateway.commit({ appends: [{ topic: TOPICS.rules, partition: 0, records: [json(rule)] }] });
  const sessions = new SessionIndex();
  for (const record of await log.read(TOPICS.samples, 0, 0, 1 << 20)) sessions.process('', 0, record);
  return new KnownUsers(log, sessions, () => Promise.resolve(caughtUp));
}

it('knows who has recorded something, and whom a refused row or a rule names', async () => {
  const users = await known();
  for (const user of ['a', 'bob', 'carol']) expect(await users.has(user), user).toBe(true);
  for (const user of ['dave', 'bo', '0']) expect(await users.has(user), user).toBe(false);
});

it('takes everybody for known while there are samples that it has not seen', async () => {
  expect(await (await known(false)).has('dave')).toBe(true);
});
