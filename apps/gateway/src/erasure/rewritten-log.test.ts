import { TOPICS } from '@hark/contracts';
import { MemoryArtifactStore, MemoryLog, type LogReader } from '@hark/streaming';
import { beforeAll, describe, expect, it } from 'vitest';
import { LEARNER_SETTINGS, RecordedService, WINDOW_SETTINGS } from '../testing/recorded-service.js';
import { rewriteWithout } from './rewritten-log.js';

const THEY = 'user-to-be-erased';
const STAYS = 'b';

const world = () => ({ log: new MemoryLog({ now: () => 7 }), artifacts: new MemoryArtifactStore() });

/** Two users, or one, seen in the same order; labels, a rollback and alerts in between. */
async function live(users: readonly string[]) {
  const { log, artifacts } = world();
  const service = await RecordedService.start(log, artifacts);
  const both = users.includes(THEY);
  for (let second = 0; second < 60; second++) {
    await service.send(users, second);
    await service.take();
    if (second === 20) {
      // Of one who was never there nothing is stored: an empty record stands for it, so that numbers stay.
      await service.tell(TOPICS.labels, both ? label(THEY) : null);
      await service.tell(TOPICS.labels, label(STAYS));
    }
    if (second === 40) {
      await service.tell(TOPICS.commands, { kind: 'rollback', to: 2, learning: 'continue', reason: null });
    }
  }
  await service.take();
  return { log, artifacts, service };
}

function label(user: string) {
  return {
    ...{ kind: 'label', user, device: null, fromNs: '0', toNs: '20000000000' },
    ...{ activity: 'walk', source: 'user' },
  };
}

async function contents(log: LogReader, topic: string): Promise<string[]> {
  const records = await log.read(topic, 0, 0, 1 << 30);
  return records.map(({ key, value }) => `${key}: ${Buffer.from(value).toString('latin1')}`);
}

describe('a log that was trimmed, rewritten without a user', () => {
  /** The same seconds of a service, trimmed so that it begins with the windows of a second; or only begun there. */
  async function keptFrom(second: number, users: readonly string[]) {
    let nowMs = 0;
    const log = new MemoryLog({ now: () => nowMs });
    const artifacts = new MemoryArtifactStore();
    const service = await RecordedService.start(log, artifacts);
    for (let at = 0; at < 40; at++) {
      nowMs = at;
      await service.send(users, at);
      await service.take();
      if (at === 30) await service.tell(TOPICS.labels, label(STAYS));
      if (at === 32) await service.tell(TOPICS.commands, { kind: 'forget', windowsBefore: 3 });
    }
    await service.store();
    const ingest = await log.writer('ingest');
    await ingest.trimJournal('windower');
    await (await log.writer('learner')).trimJournal('learner');
    const windows = await log.read(TOPICS.windows, 0, 0, 1 << 30);
    const first = windows.find(({ timestamp }) => timestamp >= second)?.offset ?? 0;
    await ingest.trim(TOPICS.windows, 0, first);
    await ingest.trim(TOPICS.samples, 0, second);
    return { log, artifacts, kept: windows.slice(first) };
  }

  it('keeps the windows of the others that were kept, and learns anew from them', async () => {
    const before = await keptFrom(20, [THEY, STAYS]);
    const after = world();
    await rewriteWithout(THEY, {
      ...{ from: before.log, to: after.log, artifacts: after.artifacts, stamp: () => undefined },
      settings: { ...WINDOW_SETTINGS, ...LEARNER_SETTINGS },
      onProgress: () => undefined,
    });
    const text = ({ key, value }: { key: string; value: Uint8Array }) =>
      `${key}: ${Buffer.from(value).toString('latin1')}`;
    expect(await contents(after.log, TOPICS.windows)).toEqual(
      before.kept.filter(({ key }) => key.startsWith(STAYS)).map(text),
    );
    const predictions = await contents(after.log, TOPICS.predictions);
    expect(predictions.length).toBe(await after.log.end(TOPICS.windows, 0));
    expect(predictions.length).toBeGreaterThan(15);
    expect((await contents(after.log, TOPICS.commands)).filter((each) => each.includes('forget'))).toEqual(
      [],
    );
    for (const topic of Object.values(TOPICS)) {
      for (const each of await contents(after.log, topic)) expect(each).not.toContain(THEY);
    }
    expect(await after.log.firstStep('learner', 'learner')).toBe(0);
  });

  it('starts again, goes on, and never learned from the user', async () => {
    const [with_, without] = [await keptFrom(20, [THEY, STAYS]), await keptFrom(20, [STAYS])];
    const made = [];
    for (const { log: from } of [with_, without]) {
      const { log: to, artifacts } = world();
      await rewriteWithout(THEY, {
        ...{ from, to, artifacts, stamp: () => undefined },
        settings: { ...WINDOW_SETTINGS, ...LEARNER_SETTINGS },
        onProgress: () => undefined,
      });
      const service = await RecordedService.start(to, artifacts);
      for (let second = 40; second < 50; second++) await service.send([STAYS], second);
      await service.take();
      made.push([await service.read(TOPICS.predictions), await service.read(TOPICS.models)]);
    }
    expect(made[0]).toEqual(made[1]);
  });
});

/** What ingest remembers besides, of both. */
const recording = (user: string) => ({ key: JSON.stringify([user, 'pixel', 's1']), ids: [[0, 7]] });
const STATES = {
  'front-door': {
    version: 1,
    producers: [['p', { sequence: 3, finished: false, devices: [THEY, STAYS].map((user) => ({ user })) }]],
    activities: ['walk'],
  },
  'sensor-logger': { version: 1, sessions: [recording(THEY), recording(STAYS)] },
  'watched-folder': {
    ...{ version: 1, read: [`${THEY}.csv`, 'others.csv'] },
    current: { name: `of-${THEY}.json`, firstSequence: 4 },
  },
};

describe('a log rewritten without a user', () => {
  let before: Awaited<ReturnType<typeof live>>;
  let never: Awaited<ReturnType<typeof live>>;
  const after = world();

  beforeAll(async () => {
    before = await live([THEY, STAYS]);
    await before.service.tell(TOPICS.announcements, { type: 'x', data: { scope: { users: [THEY] } } });
    await before.service.tell(TOPICS.announcements, { type: 'x', data: { scope: { users: [STAYS] } } });
    await before.service.tell(TOPICS.rules, {
      ...{ kind: 'rule', by: null, key: null },
      rule: { name: null, activity: 'walk', forSeconds: 1, users: [THEY, STAYS], devices: null },
    });
    const ingest = await before.log.writer('ingest');
    for (const [runner, state] of Object.entries(STATES))
      await ingest.commit({
        ...{ appends: [], step: { runner, inputs: [] } },
        snapshot: Buffer.from(JSON.stringify(state)),
      });
    never = await live([STAYS]);
    await rewriteWithout(THEY, {
      ...{ from: before.log, to: after.log, artifacts: after.artifacts, stamp: () => undefined },
      settings: { ...WINDOW_SETTINGS, ...LEARNER_SETTINGS },
      onProgress: () => undefined,
    });
  });

  it.each([TOPICS.windows, TOPICS.predictions, TOPICS.alerts])(
    'has the %s of one that never saw them, to the bit',
    async (topic) => {
      const expected = await contents(never.log, topic);
      expect(await contents(after.log, topic)).toEqual(expected);
      if (topic !== TOPICS.alerts) expect(expected.length).toBeGreaterThan(50);
      expect(await contents(before.log, topic)).not.toEqual(expected.length === 0 ? null : expected);
    },
  );

  it('has the versions of one that never saw them, and the files are the same to the bit', async () => {
    expect(await contents(after.log, TOPICS.models)).toEqual(await contents(never.log, TOPICS.models));
    expect([...after.artifacts.names].sort()).toEqual([...never.artifacts.names].sort());
    for (const name of never.artifacts.names) {
      expect(after.artifacts.read(name)).toEqual(never.artifacts.read(name));
    }
  });

  it('holds their name nowhere, and of the others’ words all', async () => {
    for (const topic of Object.values(TOPICS)) {
      for (const text of await contents(after.log, topic)) expect(text).not.toContain(THEY);
    }
    expect(await contents(after.log, TOPICS.announcements)).toEqual([
      ': ',
      `: ${JSON.stringify({ type: 'x', data: { scope: { users: [STAYS] } } })}`,
    ]);
    expect((await contents(after.log, TOPICS.rules))[0]).toContain(`"users":["${STAYS}"]`);
  });

  it('remembers of ingest what is not theirs: numbers of batches, recordings under way, files read', async () => {
    const stored = async (runner: string) =>
      JSON.parse(
        Buffer.from((await after.log.runnerState('ingest', runner)).snapshot!.state).toString(),
      ) as unknown;
    expect(await stored('front-door')).toEqual({
      ...{ version: 1, activities: ['walk'] },
      producers: [['p', { sequence: 3, finished: false, devices: [{ user: STAYS }] }]],
    });
    expect(await stored('sensor-logger')).toEqual({ version: 1, sessions: [recording(STAYS)] });
    expect(await stored('watched-folder')).toEqual({ version: 1, read: ['others.csv'], current: null });
  });

  it('goes on as one that never saw them', async () => {
    const [again, other] = await Promise.all(
      [after, never].map(({ log, artifacts }) => RecordedService.start(log, artifacts)),
    );
    for (const service of [again, other]) {
      for (let second = 60; second < 80; second++) await service.send([STAYS], second);
      await service.take();
    }
    expect(await again.read(TOPICS.predictions)).toEqual(await other.read(TOPICS.predictions));
    expect(await again.read(TOPICS.models)).toEqual(await other.read(TOPICS.models));
  });
});
