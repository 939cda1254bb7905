import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeSampleBatch } from '@hark/contracts';
import { Recording } from './recording.js';
import { RecordingFileError, type RecordingOptions } from './recording-file.js';
import type { RejectedRow } from './lane.js';

const HEADER = 'Index,Arrival_Time,Creation_Time,x,y,z,User,Model,Device,gt';

interface Row {
  user: string;
  device: string;
  arrival: number;
  /** Its place in its file, as x. */
  id: number;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hark-recording-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, `${files++}-${name}`);
  writeFileSync(path, content);
  return path;
}

const line = ({ user, device, arrival, id }: Row): string =>
  `${id},${arrival},${arrival}000000,${id},0,9.81,${user},m,${device},walk`;
const csv = (rows: readonly Row[]): string => [HEADER, ...rows.map(line), ''].join('\n');

interface Read {
  rows: (Row & { sensor: string; y: number; label: string | null })[];
  batches: number[];
  digest: string;
  rejected: RejectedRow[];
}

async function read(paths: string[], options: RecordingOptions = {}): Promise<Read> {
  const rejected: RejectedRow[] = [];
  const recording = await Recording.open(paths, options, (row) => rejected.push(row));
  const result: Read = { rows: [], batches: [], digest: '', rejected };
  const hash = createHash('sha256');
  for await (const batch of recording.batches()) {
    hash.update(encodeSampleBatch(batch));
    result.batches.push(batch.rows);
    for (let i = 0; i < batch.rows; i++) {
      const { user, device, sensor } = batch.streams[batch.stream[i]];
      const label = batch.label[i] === 0 ? null : batch.labels[batch.label[i] - 1];
      result.rows.push({
        user,
        device,
        sensor,
        arrival: batch.arrivalMs[i],
        id: batch.x[i],
        y: batch.y[i],
        label,
      });
    }
  }
  result.digest = hash.digest('hex');
  return result;
}

const brief = ({ rows }: Read): string =>
  rows.map((row) => `${row.device}${row.sensor === 'accelerometer' ? 'a' : 'g'}${row.arrival}`).join(' ');

function segment(user: string, device: string, arrivals: readonly number[], from = 0): Row[] {
  return arrivals.map((arrival, i) => ({ user, device, arrival, id: from + i }));
}

describe('Recording', () => {
  it('gives the rows of one file exactly in its order, in batches of 16,384', async () => {
    const rows = Array.from({ length: 20_000 }, (_, id) => ({
      user: 'a',
      device: `d${id % 3}`,
      arrival: (id * 7919) % 20_011,
      id,
    }));
    const result = await read([write('accelerometer.csv', csv(rows))]);
    expect(result.batches).toEqual([16384, 3616]);
    expect(result.rows.map((row) => row.id)).toEqual(rows.map((row) => row.id));
    expect(result.rows[4]).toEqual({ ...rows[4], sensor: 'accelerometer', y: 0, label: 'walk' });
  });

  it('weaves an accelerometer and a gyroscope file sorted by device together, device by device, by arrival', async () => {
    const acc = [...segment('a', 'p', [10, 20, 30]), ...segment('a', 'q', [5, 15])];
    const gyro = [...segment('a', 'p', [11, 21, 31]), ...segment('a', 'q', [4, 15])];
    const paths = [write('Phones_accelerometer.csv', csv(acc)), write('Phones_gyroscope.csv', csv(gyro))];
    expect(brief(await read(paths))).toBe('pa10 pg11 pa20 pg21 pa30 pg31 qg4 qa5 qa15 qg15');
  });

  it('joins devices that come in another order in the other file, or only in one of them', async () => {
    const acc = [...segment('a', 'p', [10, 20]), ...segment('a', 'q', [5]), ...segment('b', 'p', [1])];
    const gyro = [...segment('b', 'p', [2]), ...segment('c', 'r', [7]), ...segment('a', 'p', [15])];
    const paths = [write('acc.csv', csv(acc)), write('gyro.csv', csv(gyro))];
    expect(brief(await read(paths))).toBe('pa10 pg15 pa20 qa5 pa1 pg2 rg7');
  });

  it('merges files in which devices take turns by arrival over their whole length', async () => {
    const turns = (offset: number): Row[] =>
      Array.from({ length: 30 }, (_, i) => ({
        user: 'a',
        device: i % 2 ? 'p' : 'q',
        arrival: 10 * i + offset,
        id: i,
      }));
    const result = await read([write('acc.csv', csv(turns(0))), write('gyro.csv', csv(turns(1)))]);
    expect(result.rows.map((row) => row.arrival)).toEqual(
      Array.from({ length: 60 }, (_, i) => 10 * Math.floor(i / 2) + (i % 2)),
    );
  });

  it('keeps rows with their devices when merging goes on over several batches', async () => {
    const rows = (step: number): Row[] =>
      Array.from({ length: 20_000 }, (_, id) => ({
        user: 'a',
        device: `d${id % 7}`,
        arrival: step * id,
        id,
      }));
    const [acc, gyro] = [rows(2), rows(3)];
    const result = await read([write('acc.csv', csv(acc)), write('gyro.csv', csv(gyro))]);
    expect(result.batches).toEqual([16384, 16384, 7232]);
    for (const [sensor, written] of [
      ['accelerometer', acc],
      ['gyroscope', gyro],
    ] as const) {
      const of = result.rows.filter((row) => row.sensor === sensor);
      expect(of.map((row) => row.device)).toEqual(written.map((row) => row.device));
      expect(of.map((row) => row.id)).toEqual(written.map((row) => row.id));
    }
  });

  it('reads files without devices in common one after the other', async () => {
    const paths = [
      write('Watch_accelerometer.csv', csv(segment('a', 'w', [1, 2]))),
      write('Phones_accelerometer.csv', csv(segment('a', 'p', [5, 6]))),
      write('Watch_gyroscope.csv', csv(segment('a', 'w', [1, 3]))),
    ];
    expect(brief(await read(paths))).toBe('wa1 wg1 wa2 wg3 pa5 pa6');
  });

  it('keeps the order of each file, gives every row once, and does not care for the order of the paths', async () => {
    const rows = fc.array(
      fc.record({
        user: fc.constantFrom('a', 'b'),
        device: fc.constantFrom('p', 'q'),
        arrival: fc.nat(50),
        repeat: fc.integer({ min: 1, max: 6 }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    const expand = (runs: { user: string; device: string; arrival: number; repeat: number }[]): Row[] =>
      runs
        .flatMap(({ repeat, ...run }) =>
          Array.from({ length: repeat }, (_, i) => ({ ...run, arrival: run.arrival + i })),
        )
        .map((row, id) => ({ ...row, id }));
    await fc.assert(
      fc.asyncProperty(rows, rows, async (accRuns, gyroRuns) => {
        const acc = expand(accRuns);
        const gyro = expand(gyroRuns);
        const paths = [write('acc.csv', csv(acc)), write('gyro.csv', csv(gyro))];
        const [one, other] = [await read(paths), await read([...paths].reverse())];
        expect(other.digest).toBe(one.digest);
        for (const [sensor, written] of [
          ['accelerometer', acc],
          ['gyroscope', gyro],
        ] as const) {
          for (const key of ['a p', 'a q', 'b p', 'b q']) {
            const of = (list: Row[]): number[] =>
              list.filter((row) => `${row.user} ${row.device}` === key).map((row) => row.id);
            expect(of(one.rows.filter((row) => row.sensor === sensor))).toEqual(of(written));
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('reads gzip and plain text alike, alone and merged', async () => {
    const acc = csv([...segment('a', 'p', [10, 20]), ...segment('a', 'q', [5])]);
    const gyro = csv([...segment('a', 'q', [4]), ...segment('a', 'p', [15])]);
    const plain = await read([write('acc.csv', acc), write('gyro.csv', gyro)]);
    const zipped = await read([write('acc.csv.gz', gzipSync(acc)), write('gyro.csv.gz', gzipSync(gyro))]);
    expect(zipped.digest).toBe(plain.digest);
    const alone = await read([write('acc.csv.gz', gzipSync(acc))]);
    expect(alone.digest).toBe((await read([write('acc.csv', acc)])).digest);
  });

  it('reads tabs, JSON lines and CSV alike', async () => {
    const rows = segment('a', 'p', [10, 20, 30]);
    const json = rows.map(
      ({ user, device, arrival, id }) =>
        `{"User":"${user}","Device":"${device}","Model":"m","Arrival_Time":${arrival},` +
        `"Creation_Time":${arrival}000000,"x":${id},"y":0,"z":9.81,"gt":"walk"}`,
    );
    const expected = (await read([write('acc.csv', csv(rows))])).digest;
    expect((await read([write('acc.tsv', csv(rows).replaceAll(',', '\t'))])).digest).toBe(expected);
    expect((await read([write('acc.jsonl', json.join('\n'))])).digest).toBe(expected);
  });

  it('takes a folder as the files in it', async () => {
    const inner = mkdtempSync(join(folder, 'folder-'));
    writeFileSync(join(inner, 'part-10_acc.csv'), csv(segment('a', 'p', [30])));
    writeFileSync(join(inner, 'part-9_acc.csv'), csv(segment('a', 'p', [20])));
    writeFileSync(join(inner, '_SUCCESS'), '');
    writeFileSync(join(inner, 'manifest.json'), '{\n"files": 2}');
    const result = await read([inner]);
    expect(brief(result)).toBe('pa20 pa30');
    expect(result.rejected).toEqual([]);
  });

  it('takes the sensor from the option, the column or the name, and asks when there is none', async () => {
    const rows = csv(segment('a', 'p', [1]));
    const sensorOf = async (name: string, text: string, options?: RecordingOptions): Promise<string> =>
      (await read([write(name, text)], options)).rows[0].sensor;
    expect(await sensorOf('Watch_gyroscope.csv', rows)).toBe('gyroscope');
    expect(await sensorOf('rows.csv', rows, { sensor: 'accelerometer' })).toBe('accelerometer');
    expect(
      await sensorOf('rows.csv', rows.replace('gt', 'gt,Sensor').replace('walk', 'walk,gyroscope')),
    ).toBe('gyroscope');
    await expect(read([write('rows.csv', rows)])).rejects.toThrow('give --sensor accelerometer');
  });

  it('names the columns of a file without a header, or says how to', async () => {
    const body = segment('a', 'p', [1, 2]).map(line).join('\n');
    const result = await read([write('acc.csv', body)], { columns: HEADER.split(',') });
    expect(brief(result)).toBe('pa1 pa2');
    await expect(read([write('acc.csv', body)])).rejects.toThrow('has no header line');
    await expect(read([write('acc.csv', body)])).rejects.toThrow(RecordingFileError);
  });

  it('falls back to the creation time where there is no arrival time', async () => {
    const text = (time: number): string => `Creation_Time,x,y,z,User,Device\n${time}000000,1,2,3,a,p\n`;
    const result = await read([write('gyro.csv', text(7)), write('acc.csv', text(8))]);
    expect(brief(result)).toBe('pg7 pa8');
  });

  it('counts refused rows by file and row, also where rows are taken out of order', async () => {
    const acc = csv([...segment('a', 'p', [10, 20]), ...segment('a', 'q', [5, 6])]).replace(
      '1,6,6000000,1,',
      '1,6,6000000,nan,',
    );
    const gyro = csv([...segment('a', 'q', [4]), ...segment('a', 'p', [15])]);
    const { rejected, rows } = await read([write('acc.csv', acc), write('gyro.csv', gyro)]);
    expect(rows).toHaveLength(5);
    expect(rejected).toEqual([
      expect.objectContaining({
        file: expect.stringContaining('acc.csv') as string,
        row: 4,
        code: 'non_finite',
      }),
    ]);
  });

  it('has one identity for one content, whatever the order, and another for other options', async () => {
    const [acc, gyro] = [csv(segment('a', 'p', [1])), csv(segment('a', 'p', [2]))];
    const paths = [write('acc.csv', acc), write('gyro.csv', gyro)];
    const identity = async (list: string[], options?: RecordingOptions): Promise<string> =>
      (await Recording.open(list, options)).identity;
    expect(await identity(paths)).toMatch(/^[0-9a-f]{32}$/);
    expect(await identity(paths.toReversed())).toBe(await identity(paths));
    expect(await identity(paths, { sensor: 'gyroscope' })).not.toBe(await identity(paths));
    expect(await identity([paths[0]])).not.toBe(await identity(paths));
  });

  it('says which path leads nowhere', async () => {
    await expect(Recording.open(['/nowhere/x.csv'])).rejects.toThrow('/nowhere/x.csv: there is no such file');
  });
});
