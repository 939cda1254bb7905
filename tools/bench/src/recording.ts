import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { formatNanoseconds, type SampleBatch } from '@hark/contracts';
import { Simulation } from '@hark/simulator';

const HEADER = 'Index,Arrival_Time,Creation_Time,x,y,z,User,Model,Device,gt\n';

export type RecordingFormat = 'csv' | 'jsonl';

/**
 * Simulated HHAR files of an accelerometer and a gyroscope, about `rows` rows each, with duplicates and late rows.
 * @returns paths, the accelerometer's first.
 */
export function makeRecording(folder: string, rows: number, format: RecordingFormat): string[] {
  const sensors = ['accelerometer', 'gyroscope'] as const;
  const paths = sensors.map((sensor) => join(folder, `Phones_${sensor}.${format}`));
  const files = paths.map((path) => openSync(path, 'w'));
  const written = [0, 0];
  const text = format === 'csv' ? csvRow : jsonRow;
  if (format === 'csv') for (const file of files) writeSync(file, HEADER);
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
      lines[sensor].push(text(batch, i, written[sensor]++));
    }
    files.forEach((file, sensor) => lines[sensor].length > 0 && writeSync(file, lines[sensor].join('')));
  }
  for (const file of files) closeSync(file);
  return paths;
}

function csvRow(batch: SampleBatch, i: number, index: number): string {
  const { user, model, device, arrival, time, x, y, z, gt } = fieldsOf(batch, i);
  return `${index},${arrival},${time},${x},${y},${z},${user},${model},${device},${gt ?? 'null'}\n`;
}

/** Keys in the order in which Spark writes them. */
function jsonRow(batch: SampleBatch, i: number, index: number): string {
  const { user, model, device, arrival, time, x, y, z, gt } = fieldsOf(batch, i);
  const label = gt === null ? 'null' : `"${gt}"`;
  return (
    `{"Arrival_Time":${arrival},"Creation_Time":${time},"Device":"${device}","Index":${index},"Model":"${model}",` +
    `"User":"${user}","gt":${label},"x":${x},"y":${y},"z":${z}}\n`
  );
}

function fieldsOf(batch: SampleBatch, i: number) {
  const { user, model, device } = batch.streams[batch.stream[i]];
  const [x, y, z] = [batch.x[i], batch.y[i], batch.z[i]].map((v) => Number(v.toPrecision(8)));
  return {
    ...{ user, model, device, x, y, z },
    gt: batch.label[i] === 0 ? null : batch.labels[batch.label[i] - 1],
    time: formatNanoseconds(batch.creationMs[i], batch.creationSubNs[i]),
    arrival: Math.round(batch.arrivalMs[i]),
  };
}
