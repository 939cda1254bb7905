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

/** The rules for a row, on a batch that came in binary. @returns its good rows; the others go to the sink. */
export function checkBinaryBatch(batch: SampleBatch, sink: CollectingSink): SampleBatch {
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
  const faults: [row: number, fault: Fault][] = [];
  for (let i = 0; i < rows; i++) {
    if (!(arrivalMs[i] >= 0 && arrivalMs[i] <= MAX_ARRIVAL_MS)) arrivalMs[i] = sink.defaultArrivalMs;
    const label = batch.label[i];
    const found =
      streamFaults[batch.stream[i]] ?? valueFault(batch, i) ?? (label === 0 ? null : labelFaults[label - 1]);
    if (found !== null) faults.push([i, found]);
  }
  if (faults.length === 0) return { ...batch, streams };

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
  return sink.builder.take();
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
