import {
  formatNanoseconds,
  isWellFormedId,
  MAX_EVENT_TIME,
  type RowErrorCode,
  type SampleBatch,
  type StreamId,
} from '@hark/contracts';
import type { CollectingSink } from '@hark/streaming';

interface Fault {
  readonly code: RowErrorCode;
  readonly message: string;
}

const MAX_ARRIVAL_MS = 8.64e15;

export interface CheckedBatch {
  /** The good rows. */
  readonly batch: SampleBatch;
  /** Whether they are all rows, each with the values it came with. */
  readonly unchanged: boolean;
}

/** The rules for a row, on a batch that came in binary. Rows that break them go to the sink. */
export function checkBinaryBatch(batch: SampleBatch, sink: CollectingSink): CheckedBatch {
  const { rows, arrivalMs } = batch;
  const streams = batch.streams.map((stream) =>
    stream.model === '' ? { ...stream, model: 'unknown' } : stream,
  );
  const streamFaults = streams.map(streamFault);
  const labelFaults = batch.labels.map((name) =>
    sink.activities.has(name)
      ? null
      : fault('unknown_activity', `gt is ${JSON.stringify(name.slice(0, 64))}, not a known activity`),
  );
  if ([...streamFaults, ...labelFaults].every((found) => found === null) && isPlain(batch)) {
    return { batch: { ...batch, streams }, unchanged: true };
  }
  const faults: [row: number, fault: Fault][] = [];
  for (let i = 0; i < rows; i++) {
    if (!(arrivalMs[i] >= 0 && arrivalMs[i] <= MAX_ARRIVAL_MS)) arrivalMs[i] = sink.defaultArrivalMs;
    const label = batch.label[i];
    const found =
      streamFaults[batch.stream[i]] ?? valueFault(batch, i) ?? (label === 0 ? null : labelFaults[label - 1]);
    if (found !== null) faults.push([i, found]);
  }
  if (faults.length === 0) return { batch: { ...batch, streams }, unchanged: false };

  let next = 0;
  for (let i = 0; i < rows; i++) {
    const { user, device, model, sensor } = streams[batch.stream[i]];
    if (faults[next]?.[0] === i) {
      const { code, message } = faults[next++][1];
      const readable = streamFaults[batch.stream[i]] === null ? { user, device } : null;
      sink.reject(i + 1, code, message, textOf(batch, i), readable);
      continue;
    }
    const { builder } = sink;
    builder.push(
      builder.streamOf(user, device, model, sensor),
      batch.creationMs[i],
      batch.creationSubNs[i],
      arrivalMs[i],
      batch.x[i],
      batch.y[i],
      batch.z[i],
      builder.labelOf(batch.label[i] === 0 ? null : batch.labels[batch.label[i] - 1]),
    );
  }
  return { batch: sink.builder.take(), unchanged: false };
}

/** Whether every row keeps the rules for its numbers: a quick look, which decides nothing when it says no. */
function isPlain({ rows, creationMs, arrivalMs, x, y, z }: SampleBatch): boolean {
  for (let i = 0; i < rows; i++) {
    // A finite number less itself is 0, any other NaN.
    if (x[i] - x[i] + (y[i] - y[i]) + (z[i] - z[i]) !== 0) return false;
    if (!(creationMs[i] < MAX_EVENT_TIME.ms && arrivalMs[i] >= 0 && arrivalMs[i] <= MAX_ARRIVAL_MS))
      return false;
  }
  return true;
}

function streamFault({ user, device, model }: StreamId): Fault | null {
  if (!isWellFormedId(user)) return fault('invalid_user', 'User is not an id of 1 to 128 characters');
  if (!isWellFormedId(device)) return fault('invalid_device', 'Device is not an id of 1 to 128 characters');
  if (!isWellFormedId(model)) return fault('invalid_model', 'Model is not an id of 1 to 128 characters');
  return null;
}

function valueFault(batch: SampleBatch, i: number): Fault | null {
  const ms = batch.creationMs[i];
  if (ms > MAX_EVENT_TIME.ms || (ms === MAX_EVENT_TIME.ms && batch.creationSubNs[i] > MAX_EVENT_TIME.subNs)) {
    return fault('invalid_time', 'Creation_Time is negative');
  }
  for (const axis of ['x', 'y', 'z'] as const) {
    const value = batch[axis][i];
    if (!Number.isFinite(value)) return fault('non_finite', `${axis} is ${value}, not a finite number`);
  }
  return null;
}

function fault(code: RowErrorCode, message: string): Fault {
  return { code, message };
}

function textOf(batch: SampleBatch, i: number): string {
  const { user, device, model, sensor } = batch.streams[batch.stream[i]];
  const values = {
    User: user,
    Device: device,
    Model: model,
    Sensor: sensor,
    Creation_Time: formatNanoseconds(batch.creationMs[i], batch.creationSubNs[i]),
    x: String(batch.x[i]),
    y: String(batch.y[i]),
    z: String(batch.z[i]),
    gt: batch.label[i] === 0 ? null : batch.labels[batch.label[i] - 1],
  };
  return JSON.stringify(values).slice(0, 1024);
}
