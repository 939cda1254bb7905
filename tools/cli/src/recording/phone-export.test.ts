import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SampleBatch } from '@hark/contracts';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replaceExports } from './phone-export.js';
import { Recording } from './recording.js';

const T = 1698501144401773001n;
const at = (ms: number) => String(T + BigInt(ms) * 1_000_000n);
const csv = (...rows: string[]) => strToU8(`time,seconds_elapsed,z,y,x\n${rows.join('\n')}\n`);

const ZIP = {
  'Accelerometer.csv': csv(`${at(0)},0,1,0,0`, `${at(20)},0,2,0,0`),
  'Gravity.csv': csv(`${at(0)},0,-9,0,0`, `${at(20)},0,-9,0,0`),
  'Gyroscope.csv': csv(`${at(10)},0,0.3,0.2,0.1`),
  'Annotation.csv': strToU8(`time,seconds_elapsed,text\n${at(5)},0,Walk\n`),
  'Metadata.csv': strToU8('device name,device id,platform,standardisation\niPhone,abc-1,ios,false\n'),
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hark-test-'));
  writeFileSync(join(folder, 'walk.zip'), zipSync(ZIP));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function read(path: string): Promise<SampleBatch> {
  const recording = await Recording.open([path]);
  for await (const batch of recording.batches()) return batch;
  throw new Error('no batch');
}

describe("Sensor Logger's export", () => {
  it('is read from a zip: gravity added, signs turned, both sensors in order, annotations as labels', async () => {
    const batch = await read(join(folder, 'walk.zip'));
    expect(batch.rows).toBe(3);
    expect(batch.streams).toEqual([
      { user: 'abc-1', device: 'abc-1', model: 'iPhone', sensor: 'accelerometer' },
      { user: 'abc-1', device: 'abc-1', model: 'iPhone', sensor: 'gyroscope' },
    ]);
    expect([...batch.stream.subarray(0, 3)]).toEqual([0, 1, 0]);
    expect([...batch.z.subarray(0, 3)]).toEqual([8, 0.3, 7]);
    expect([...batch.label.subarray(0, 3)].map((label) => batch.labels[label - 1] ?? null)).toEqual([
      null,
      'walk',
      'walk',
    ]);
    expect(batch.creationSubNs[0]).toBe(773001);
  });

  it('is read from JSON, whose values are strings', async () => {
    const row = (sensor: string, z: string) => ({
      sensor,
      time: at(0),
      seconds_elapsed: '0',
      z,
      y: '0',
      x: '0',
    });
    const path = join(folder, 'walk.json');
    writeFileSync(path, JSON.stringify([row('Accelerometer', '0.5'), row('Gravity', '9.5')]));
    const batch = await read(path);
    expect([batch.rows, batch.z[0], batch.streams[0].user]).toEqual([1, 10, 'walk']);
    rmSync(path);
  });

  it('is found in a folder', async () => {
    expect((await read(folder)).rows).toBe(3);
  });

  it('gives the same bytes each time', async () => {
    const [a, b] = await replaceExports([join(folder, 'walk.zip'), join(folder, 'walk.zip')]);
    expect(readFileSync(a).equals(readFileSync(b))).toBe(true);
  });

  it('is not any other zip, and not one without gravity', async () => {
    const path = join(folder, 'other.zip');
    writeFileSync(path, zipSync({ 'a.csv': strToU8('x,y\n1,2') }));
    await expect(replaceExports([path])).rejects.toThrow('is not an export of Sensor Logger');
    writeFileSync(path, zipSync({ 'Accelerometer.csv': ZIP['Accelerometer.csv'] }));
    await expect(replaceExports([path])).rejects.toThrow('record Accelerometer, Gravity and Gyroscope');
    writeFileSync(path, 'PK\u0003\u0004 cut off');
    await expect(replaceExports([path])).rejects.toThrow("can't be unpacked");
    rmSync(path);
  });

  it('leaves other files alone', async () => {
    expect(await replaceExports(['/nowhere/x.csv'])).toEqual(['/nowhere/x.csv']);
  });
});
