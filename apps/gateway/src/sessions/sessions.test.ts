import { TOPICS } from '@hark/contracts';
import { MemoryLog } from '@hark/streaming';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, startGateway } from '../testing/gateway-harness.js';
import { ManualClock } from '../testing/manual-clock.js';
import { samplesRecord, type TestRow } from '../testing/sample-records.js';

const T0 = 1_424_686_733_090_638_193n;
const SECOND = 1_000_000_000n;

let log: MemoryLog;
let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeEach(async () => {
  log = new MemoryLog({ now: () => 1000 });
  gateway = await startGateway({ log, clock: new ManualClock(1000) });
});

afterEach(async () => {
  await gateway.close();
  expect(gateway.unforeseen).toEqual([]);
});

/** Stores the records and waits until the index has them. */
async function store(...records: (readonly TestRow[])[]): Promise<void> {
  const ingest = await log.writer('ingest');
  const values = records.map((rows) => ({ key: '', value: samplesRecord(rows) }));
  await ingest.commit({ appends: [{ topic: TOPICS.samples, partition: 0, records: values }] });
  const writer = await log.end(TOPICS.samples, 0);
  const indexed = (): number =>
    Math.max(-1, ...[...gateway.gateway.sessions.newest(Infinity)].map(({ lastRecord }) => lastRecord));
  while (indexed() < writer - 1) await new Promise((resolve) => setImmediate(resolve));
}

const get = (path: string) => ask(`${gateway.url}/v1/sessions${path}`);
const text = async (path: string) => (await fetch(`${gateway.url}/v1/sessions${path}`)).text();
const idOf = async (query: string) => ((await get(query)).body.sessions as unknown as { id: string }[])[0].id;

describe('the list of sessions', () => {
  it('is newest first, by user and device, in pages', async () => {
    await store([
      { ns: T0 },
      { ns: T0, user: 'b' },
      { ns: T0, device: 'nexus4_1' },
      { ns: T0 + 100n * SECOND },
    ]);
    const names = (body: Record<string, never>) =>
      (body.sessions as { user: string; device: string }[]).map(({ user, device }) => `${user}/${device}`);
    expect(names((await get('')).body)).toEqual(['a/gear_1', 'a/nexus4_1', 'b/gear_1', 'a/gear_1']);
    expect(names((await get('?user=b')).body)).toEqual(['b/gear_1']);
    expect(names((await get('?device=nexus4_1')).body)).toEqual(['a/nexus4_1']);
    const first = (await get('?limit=3')).body;
    expect(names(first)).toHaveLength(3);
    const second = (await get(`?limit=3&cursor=${first.next as string}`)).body;
    expect(names(second)).toEqual(['a/gear_1']);
    expect(second.next).toBe(undefined);
  });

  it('answers 404 to an unknown id and 400 to a limit that is none', async () => {
    expect(await get('/0123456789abcdef')).toMatchObject({ status: 404, body: { code: 'unknown_session' } });
    expect(await get('/..%2f..%2fetc%2fpasswd/samples')).toMatchObject({ status: 404 });
    expect((await get('?limit=0')).status).toBe(400);
  });
});

describe("a session's samples", () => {
  it('come as HHAR CSV with exact times and axes, each sensor counted from 0, and the sensor last', async () => {
    await store(
      [
        { ns: T0, xyz: [-0, 0.1, 9.80665], gt: 'stand' },
        { ns: T0 + 1n, sensor: 'gyroscope', xyz: [1e-7, -2, 3] },
        { ns: T0 + 5n, user: 'b' },
      ],
      [{ ns: T0 + 2n, gt: 'walk' }, { ns: T0 + 100n * SECOND }],
    );
    const id = ((await get('?user=a')).body.sessions as unknown as { id: string }[])[1].id;
    const response = await fetch(`${gateway.url}/v1/sessions/${id}/samples?format=csv`);
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect((await response.text()).split('\n')).toEqual([
      'Index,Arrival_Time,Creation_Time,x,y,z,User,Model,Device,gt,Sensor',
      '0,1424686733095,1424686733090638193,-0,0.1,9.80665,a,gear,gear_1,stand,accelerometer',
      '0,1424686733095,1424686733090638194,1e-7,-2,3,a,gear,gear_1,null,gyroscope',
      '1,1424686733095,1424686733090638195,0,0,9.8,a,gear,gear_1,walk,accelerometer',
      '',
    ]);
  });

  it('come as JSON lines with the time as an exact number', async () => {
    await store([{ ns: T0, user: 'a "b", c' }]);
    const id = await idOf('');
    expect(await text(`/${id}/samples?format=ndjson`)).toBe(
      '{"Index":0,"Arrival_Time":1424686733095,"Creation_Time":1424686733090638193,"x":0,"y":0,"z":9.8,' +
        '"User":"a \\"b\\", c","Model":"gear","Device":"gear_1","gt":null,"Sensor":"accelerometer"}\n',
    );
    expect(await text(`/${id}/samples?format=csv`)).toContain(',"a ""b"", c",gear,');
    expect((await get(`/${id}/samples?format=xml`)).status).toBe(400);
  });

  it('of a long session come whole', async () => {
    const records = Array.from({ length: 100 }, (_, r) =>
      Array.from({ length: 500 }, (_, i): TestRow => ({ ns: T0 + BigInt(r * 500 + i) * 10_000_000n })),
    );
    await store(...records);
    const lines = (await text(`/${await idOf('')}/samples`)).trimEnd().split('\n');
    expect(lines).toHaveLength(50_001);
    expect(lines[50_000]).toMatch(/^49999,/);
  });

  it('are those that are kept: a session of which none is left is gone, also after a restart', async () => {
    await store(
      [{ ns: T0, user: 'gone' }],
      [{ ns: T0, xyz: [1, 0, 0] }],
      [{ ns: T0 + SECOND, xyz: [2, 0, 0] }],
    );
    const [kept, gone] = (await get('')).body.sessions as unknown as { id: string; user: string }[];
    expect(gone.user).toBe('gone');
    await (await log.writer('ingest')).trim(TOPICS.samples, 0, 2);
    for (const restart of [false, true]) {
      if (restart) {
        await gateway.close();
        gateway = await startGateway({ log, clock: new ManualClock(1000) });
      }
      expect((await get('')).body.sessions).toMatchObject([{ id: kept.id, records: { first: 2, last: 2 } }]);
      expect(await get(`/${gone.id}`)).toMatchObject({ status: 404, body: { code: 'unknown_session' } });
      expect((await get(`/${gone.id}/samples`)).status).toBe(404);
      const lines = (await text(`/${kept.id}/samples`)).trimEnd().split('\n');
      expect(lines.slice(1)).toEqual([
        '0,1424686734095,1424686734090638193,2,0,0,a,gear,gear_1,null,accelerometer',
      ]);
    }
  });

  it('survive a restart of the gateway', async () => {
    await store([{ ns: T0 }, { ns: T0 + 100n * SECOND }]);
    const before = (await get('')).body;
    await gateway.close();
    gateway = await startGateway({ log, clock: new ManualClock(1000) });
    expect((await get('')).body).toEqual(before);
  });
});
