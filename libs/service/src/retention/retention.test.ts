import { TOPICS } from '@hark/contracts';
import { CorruptLogError, MemoryLog, type TrimmingWriter } from '@hark/streaming';
import { describe, expect, it } from 'vitest';
import { Retention, type RetentionOptions } from './retention.js';
import type { RetainedTopic, RetentionLimit } from './retention-settings.js';

const NOTHING = new Uint8Array();
const range = (topic: string, from: number, to: number) => ({ topic, partition: 0, from, to });

/** Ten seconds of a service: a record of each topic in every second, read by everybody, no state stored yet. */
async function service(limits: Partial<Record<RetainedTopic, Partial<RetentionLimit>>>) {
  let nowMs = 0;
  const log = new MemoryLog({ now: () => nowMs });
  const [ingest, learner, gateway] = [
    await log.writer('ingest'),
    await log.writer('learner'),
    await log.writer('gateway'),
  ];
  const writers: Record<string, TrimmingWriter> = { ingest, learner, gateway };
  const append = (writer: TrimmingWriter, topic: string, size = 1) =>
    writer.commit({
      appends: [{ topic, partition: 0, records: [{ key: '', value: new Uint8Array(size) }] }],
    });
  for (let second = 0; second < 10; second++) {
    nowMs = second * 1000;
    await append(ingest, TOPICS.samples, 100);
    await append(ingest, TOPICS.windows, 50);
    await append(learner, TOPICS.predictions, 20);
    await append(ingest, TOPICS.reports, 10);
  }
  nowMs = 10_000;
  const take = (app: string, runner: string, inputs: ReturnType<typeof range>[], snapshot?: Uint8Array) =>
    writers[app].commit({ appends: [], step: { runner, inputs }, ...(snapshot && { snapshot }) });
  await take('ingest', 'windower', [range(TOPICS.samples, 0, 10)]);
  await take('gateway', 'sessions', [range(TOPICS.samples, 0, 10)]);
  await take('learner', 'learner', [range(TOPICS.windows, 0, 10)]);
  await take('gateway', 'version-scores', [range(TOPICS.predictions, 0, 10)]);
  await take('gateway', 'live', [range(TOPICS.predictions, 0, 10)]);
  await take('gateway', 'alert-desk', [range(TOPICS.predictions, 0, 10)]);
  await take('ingest', 'report-files', [range(TOPICS.reports, 0, 10)]);
  const all = new Map(
    Object.entries(limits).map(([topic, limit]) => [
      topic as RetainedTopic,
      { ageMs: null, bytes: null, ...limit },
    ]),
  );
  const asked: string[] = [];
  const of = (app: string, more: Partial<RetentionOptions> = {}) =>
    new Retention({
      ...{ app, log, writer: writers[app], limits: all, now: () => nowMs },
      storeState: (runner) => void asked.push(`${app}/${runner}`),
      ...more,
    });
  const apps = { ingest: of('ingest'), learner: of('learner'), gateway: of('gateway') };
  const look = async () => {
    for (const app of Object.values(apps)) await app.look();
  };
  /** As the runners do when they are asked. */
  const store = async () => {
    for (const name of asked.splice(0)) await take(...(name.split('/') as [string, string]), [], NOTHING);
  };
  const earliest = () =>
    Promise.all([TOPICS.samples, TOPICS.windows, TOPICS.predictions].map((topic) => log.earliest(topic, 0)));
  return { log, apps, look, store, earliest, take, of, asked };
}

describe('the retention', () => {
  it('lets nothing go that a runner would execute again, and has the states stored that hold it', async () => {
    const { look, store, earliest, asked } = await service({ samples: { ageMs: 4000 } });
    await look();
    expect(await earliest()).toEqual([0, 0, 0]);
    expect(asked).toEqual(['ingest/windower', 'gateway/sessions']);
    await store();
    await look();
    await look();
    expect(await earliest()).toEqual([6, 0, 0]);
  });

  it('lets nothing go that has not been read, also by an app that has never run', async () => {
    const { log, look, store, earliest, apps } = await service({ samples: { ageMs: 4000 } });
    const ingest = await log.writer('ingest');
    await ingest.forgetRunner('windower');
    for (let i = 0; i < 3; i++) {
      await look();
      await store();
    }
    expect(await earliest()).toEqual([0, 0, 0]);
    expect((await apps.ingest.status())[TOPICS.samples].heldBackBy).toEqual(['ingest/windower']);
  });

  it('keeps the last so many bytes', async () => {
    const { look, store, earliest, apps } = await service({
      samples: { bytes: 350 },
      predictions: { bytes: 60 },
    });
    await look();
    await store();
    await look();
    await look();
    expect(await earliest()).toEqual([6, 0, 7]);
    expect(await apps.ingest.status()).toEqual({
      samples: { earliest: 6, end: 10, bytes: 400, since: '1970-01-01T00:00:06.000Z', heldBackBy: [] },
    });
  });

  it('lets windows go once the learner has taken the record that they can’t be looked up any more', async () => {
    const { log, look, store, earliest, take } = await service({ windows: { ageMs: 4000 } });
    for (let i = 0; i < 3; i++) {
      await look();
      await store();
    }
    // The learner has stored its state, but has not read the command.
    expect(await earliest()).toEqual([0, 0, 0]);
    const [command] = await log.read(TOPICS.commands, 0, 0, 1 << 20);
    expect(JSON.parse(new TextDecoder().decode(command.value))).toEqual({ kind: 'forget', windowsBefore: 6 });
    await take('learner', 'learner', [range(TOPICS.commands, 0, 1)]);
    await look();
    expect(await earliest()).toEqual([0, 0, 0]);
    for (let i = 0; i < 2; i++) {
      await store();
      await look();
    }
    await look();
    expect(await earliest()).toEqual([0, 6, 0]);
    expect(await log.end(TOPICS.commands, 0)).toBe(1);
  });

  it('lets what reports have said go once the tables and the files hold it', async () => {
    const { log, look, store, take, asked } = await service({ reports: { ageMs: 4000 } });
    const first = () => log.earliest(TOPICS.reports, 0);
    await look();
    expect(asked).toEqual(['ingest/report-files']);
    await store();
    await look();
    // The desk has read nothing.
    expect(await first()).toBe(0);
    await take('gateway', 'report-desk', [range(TOPICS.reports, 0, 8)]);
    await look();
    expect(await first()).toBe(0);
    await store();
    await look();
    await look();
    expect(await first()).toBe(6);
  });

  it('goes by the record behind one that is damaged', async () => {
    const { log, look, store, earliest } = await service({ samples: { ageMs: 4000 } });
    const lookUp = log.lookUp.bind(log);
    log.lookUp = (topic, partition, offset) => {
      if (topic === TOPICS.samples && offset >= 2 && offset < 6)
        throw new CorruptLogError(topic, partition, offset, 6);
      return lookUp(topic, partition, offset);
    };
    await look();
    await store();
    await look();
    await look();
    expect(await earliest()).toEqual([2, 0, 0]);
  });

  it('gives a runner up that will not run again, so that it holds nothing back', async () => {
    const { log, look, store, earliest, take, of } = await service({ samples: { ageMs: 4000 } });
    await take('ingest', 'report:gone', [range(TOPICS.samples, 0, 1)]);
    const ingest = of('ingest', { isObsolete: (runner) => runner === 'report:gone' });
    for (let i = 0; i < 3; i++) {
      await look();
      await store();
    }
    expect(await earliest()).toEqual([1, 0, 0]);
    await ingest.look();
    expect(log.runners('ingest')).toContain('report:gone');
    await ingest.look();
    expect(log.runners('ingest')).not.toContain('report:gone');
    expect(await earliest()).toEqual([6, 0, 0]);
  });
});
