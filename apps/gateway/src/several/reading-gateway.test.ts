import { TOPICS, toIsoTime } from '@hark/contracts';
import { DerivedWriter, MemoryLog, TurnWriter, type LogRecord, type NewRecord } from '@hark/streaming';
import { afterEach, describe, expect, it } from 'vitest';
import { MemoryChannel } from '../live/memory-channel.js';
import { LiveClient, ask, startGateway } from '../testing/gateway-harness.js';
import { madeUpPredictions } from '../testing/made-up-predictions.js';
import { ManualClock } from '../testing/manual-clock.js';
import { samplesRecord } from '../testing/sample-records.js';
import { storedPrediction } from '../testing/stored-predictions.js';

const clock = new ManualClock(1000);
type Started = Awaited<ReturnType<typeof startGateway>> & { readonly begin: () => Promise<void> };
const running: Started[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.close();
});

/** A gateway whose turn it is not, until it is told so. */
async function reading(log: MemoryLog): Promise<Started> {
  const writer = new TurnWriter('gateway');
  const derived = new DerivedWriter((runner) => log.runnerState('gateway', runner));
  const several = { derived, replay: (id: string) => new MemoryChannel(id, 0) };
  const started = await startGateway({ log, clock, writer, several, snapshotEveryBytes: 10_000 });
  const begin = async (): Promise<void> => {
    const opened = await log.writer('gateway');
    writer.begin(opened);
    derived.begin(opened);
    await started.gateway.beginTurn();
  };
  const each = { ...started, begin };
  running.push(each);
  return each;
}

async function write(
  log: MemoryLog,
  app: string,
  topic: string,
  records: readonly NewRecord[],
): Promise<void> {
  const writer = await log.writer(app);
  await writer.commit({ appends: [{ topic, partition: 0, records }] });
}

async function caughtUp({ gateway }: Started): Promise<void> {
  const behind = async () => Object.values(await gateway.lag()).some((lag) => lag > 0);
  while (await behind()) await clock.turn();
}

const walked = (second: number, activity = 'walk') =>
  storedPrediction({
    activity,
    window: { start: toIsoTime(second * 1000), end: toIsoTime(second * 1000 + 1000), startNs: `${second}` },
  });

describe('a gateway that does not write', () => {
  it('knows what the one that writes knows, and writes nothing', async () => {
    const log = new MemoryLog({ now: () => 1000 });
    const writes = await reading(log);
    const reads = await reading(log);
    await writes.begin();
    const before = await log.end(TOPICS.announcements, 0);
    await write(log, 'learner', TOPICS.predictions, madeUpPredictions(500));
    const rows = [1n, 2n, 90_000_000_000n].map((ns) => ({ ns }));
    await write(log, 'ingest', TOPICS.samples, [{ key: '', value: samplesRecord(rows) }]);
    for (const each of [writes, reads]) await caughtUp(each);
    for (const path of ['/v1/sessions', '/v1/models', '/v1/alerts', '/v1/reports']) {
      const answers = await Promise.all([writes, reads].map(({ url }) => ask(url + path)));
      expect(answers[1]).toEqual(answers[0]);
    }
    expect((await ask(`${reads.url}/v1/sessions`)).body).toMatchObject({ sessions: [{}, {}] });
    const heard = await Promise.all(
      [writes, reads].map(async ({ live }) => {
        const client = await LiveClient.open(live);
        for (const channel of ['predictions', 'transitions', 'fused'])
          client.subscribe(channel, { channel, since: 'earliest', mode: 'update' });
        await client.until(() => client.offsets('predictions').at(-1) === 499);
        client.say({ type: 'ping' });
        await client.until((all) => all.at(-1)?.['type'] === 'pong');
        client.close();
        return ['predictions', 'transitions', 'fused'].map((id) => client.next(id));
      }),
    );
    expect(heard[1]).toEqual(heard[0]);
    expect(await log.end(TOPICS.announcements, 0)).toBe(before);
    expect(await ask(`${reads.url}/v1/models`, 'POST', {})).toMatchObject({
      status: 503,
      body: { code: 'fenced' },
    });
  });

  it('takes over where the other left, and says nothing twice', async () => {
    const log = new MemoryLog({ now: () => 1000 });
    const first = await reading(log);
    const second = await reading(log);
    await first.begin();
    const rule = { activity: 'walk', forSeconds: 3 };
    const key = { 'content-type': 'application/json', 'idempotency-key': 'r' };
    const add = async ({ url }: Started) => {
      const body = JSON.stringify(rule);
      const response = await fetch(`${url}/v1/alerts/rules`, { method: 'POST', headers: key, body });
      return (await response.json()) as { id: string };
    };
    const made = await add(first);
    await write(
      log,
      'learner',
      TOPICS.predictions,
      [0, 1, 2, 3, 4].map((second) => walked(second)),
    );
    for (const each of [first, second]) await caughtUp(each);
    expect(await log.end(TOPICS.announcements, 0)).toBe(1);
    await first.close();
    running.shift();
    await second.begin();
    expect(await add(second)).toEqual(made);
    const more = [walked(5), ...[6, 7, 8, 9, 10, 11, 12, 13, 14, 15].map((second) => walked(second, 'sit'))];
    await write(log, 'learner', TOPICS.predictions, more);
    await caughtUp(second);
    const ids = (await log.read(TOPICS.announcements, 0, 0, 1 << 20)).map(
      ({ value }) => (JSON.parse(Buffer.from(value).toString()) as { id: string }).id,
    );
    expect(ids).toEqual(['activity-0-1/started', 'activity-0-1/ended']);
  });

  it('goes on from a cursor of a gateway that had heard more', async () => {
    const log = new LateLog({ now: () => 1000 });
    const late = await reading(log);
    await write(
      log,
      'learner',
      TOPICS.predictions,
      [0, 1, 2, 3, 4].map((second) => walked(second)),
    );
    log.hidden = 3;
    const client = await LiveClient.open(late.live);
    client.subscribe('s', { channel: 'predictions', since: { epoch: log.epoch, offset: 4 } });
    await client.until((heard) => heard.some(({ type }) => type === 'subscribed'));
    log.hidden = 0;
    await write(log, 'learner', TOPICS.predictions, [walked(5), walked(6)]);
    await client.until(() => client.offsets('s').length === 2);
    expect(client.offsets('s')).toEqual([5, 6]);
    expect(client.heard.filter(({ type }) => type === 'error')).toEqual([]);
    client.close();
  });
});

/** A log of which the last records of predictions have not been heard of here yet. */
class LateLog extends MemoryLog {
  hidden = 0;

  override async end(topic: string, partition: number): Promise<number> {
    return (await super.end(topic, partition)) - (topic === TOPICS.predictions ? this.hidden : 0);
  }

  override async read(
    topic: string,
    partition: number,
    from: number,
    max: number,
  ): Promise<readonly LogRecord[]> {
    const end = await this.end(topic, partition);
    return (await super.read(topic, partition, from, max)).filter(({ offset }) => offset < end);
  }
}
