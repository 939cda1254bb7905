import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { formatNanoseconds, type SampleBatch } from '@hark/contracts';
import { Simulation } from '@hark/simulator';

const HEADER = 'Index,Arrival_Time,Creation_Time,x,y,z,User,Model,Device,gt\n';

/**
 * Simulated HHAR CSV of an accelerometer and a gyroscope, about `rows` rows each, with duplicates and late rows.
 * @returns paths, the accelerometer's first.
 */
export function makeRecording(folder: string, rows: number): string[] {
  const sensors = ['accelerometer', 'gyroscope'] as const;
  const paths = sensors.map((sensor) => join(folder, `Phones_${sensor}.csv`));
  const files = paths.map((path) => openSync(path, 'w'));
  const written = [0, 0];
  for (const file of files) writeSync(file, HEADER);
  for (const { batch } of new Simulation({
    users: 9,
    devices: 12,
    seed: 42,
    faults: ['late', 'dup', 'skew'],
  })) {
    if (written[0] >= rows) break;
    const lines: [string[], string[]] = [[], []];
    for (let i = 0; i < batch.rows; i++) {
      const sensor = batch.streams[batch.stream[i]].sensor === 'accelerometer' ? 0 : 1;
      lines[sensor].push(rowText(batch, i, written[sensor]++));
    }
    files.forEach((file, sensor) => lines[sensor].length > 0 && writeSync(file, lines[sensor].join('')));
  }
  for (const file of files) closeSync(file);
  return paths;
}

function rowText(batch: SampleBatch, i: number, index: number): string {
  const { user, model, device } = batch.streams[batch.stream[i]];
  const gt = batch.label[i] === 0 ? 'null' : batch.labels[batch.label[i] - 1];
  const time = formatNanoseconds(batch.creationMs[i], batch.creationSubNs[i]);
  const axes = [batch.x[i], batch.y[i], batch.z[i]].map((v) => Number(v.toPrecision(8))).join(',');
  return `${index},${Math.round(batch.arrivalMs[i])},${time},${axes},${user},${model},${device},${gt}\n`;
}
