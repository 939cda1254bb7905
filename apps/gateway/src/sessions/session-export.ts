import { SENSORS, formatNanoseconds, type SampleBatch } from '@hark/contracts';
import type { SessionSlice } from './session-rows.js';

export type ExportFormat = 'csv' | 'ndjson';

const CSV_HEADER = 'Index,Arrival_Time,Creation_Time,x,y,z,User,Model,Device,gt,Sensor\n';

/**
 * A session in HHAR's form, in pieces of text that can be imported again: `Index` counts each sensor's rows from 0,
 * `Creation_Time` and the axes are exact, and `Sensor`, which HHAR leaves to the file's name, comes last.
 */
export async function* exportSession(
  slices: AsyncIterable<SessionSlice>,
  format: ExportFormat,
): AsyncGenerator<string> {
  if (format === 'csv') yield CSV_HEADER;
  const line = format === 'csv' ? csvLine : jsonLine;
  const counts = new Map<string, number>(SENSORS.map((sensor) => [sensor, 0]));
  for await (const { batch, rows } of slices) {
    let text = '';
    for (const i of rows) {
      const { sensor } = batch.streams[batch.stream[i]];
      const index = counts.get(sensor) ?? 0;
      counts.set(sensor, index + 1);
      text += line(batch, i, index);
    }
    yield text;
  }
}

function csvLine(batch: SampleBatch, i: number, index: number): string {
  const { user, model, device, sensor } = batch.streams[batch.stream[i]];
  return (
    `${index},${batch.arrivalMs[i]},${creationTime(batch, i)},` +
    `${exact(batch.x[i])},${exact(batch.y[i])},${exact(batch.z[i])},` +
    `${quoted(user)},${quoted(model)},${quoted(device)},${activity(batch, i) ?? 'null'},${sensor}\n`
  );
}

function jsonLine(batch: SampleBatch, i: number, index: number): string {
  const { user, model, device, sensor } = batch.streams[batch.stream[i]];
  const text = JSON.stringify;
  return (
    `{"Index":${index},"Arrival_Time":${batch.arrivalMs[i]},"Creation_Time":${creationTime(batch, i)},` +
    `"x":${exact(batch.x[i])},"y":${exact(batch.y[i])},"z":${exact(batch.z[i])},` +
    `"User":${text(user)},"Model":${text(model)},"Device":${text(device)},` +
    `"gt":${text(activity(batch, i))},"Sensor":"${sensor}"}\n`
  );
}

function creationTime(batch: SampleBatch, i: number): string {
  return formatNanoseconds(batch.creationMs[i], batch.creationSubNs[i]);
}

/** The shortest text that reads back as the same number; −0 keeps its sign. */
function exact(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function activity(batch: SampleBatch, i: number): string | null {
  return batch.label[i] === 0 ? null : batch.labels[batch.label[i] - 1];
}

/** RFC 4180. */
function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
