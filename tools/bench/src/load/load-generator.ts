import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { SampleBatchBuilder, encodeSampleBatch, type SampleBatch } from '@hark/contracts';
import { PlainSocket } from '../fan-out/plain-socket.js';
import { LiveDevice, columnarJson } from './live-device.js';
import type { EchoReport, FloodReport, Order, Way, WearReport } from './orders.js';
import { PlainHttp } from './plain-http.js';

/**
 * The devices' own process: told what to do by its parent's messages, and answers each with one. Made so that it costs
 * less than what it measures: bare sockets, and bodies that are put together before they are timed.
 */

const PATH = '/v1/samples';
const BINARY = 'application/x-protobuf';
/** Sampling rates of HHAR's devices. */
const RATES_HZ = [50, 100, 150, 200];
const SEND_EVERY_MS = 1000;
const HOUR_MS = 3_600_000;
const BACKLOG_ROWS = 8192;

const now = (): number => performance.timeOrigin + performance.now();

/** One device's way to the front door. */
interface Line {
  readonly busy: boolean;
  /** Resolves when the rows are acknowledged. */
  send(batch: SampleBatch): Promise<void>;
  cut(): void;
}

async function openLine(port: number, way: Way): Promise<Line> {
  return way === 'http' ? httpLine(await PlainHttp.open(port)) : socketLine(port);
}

function httpLine(connection: PlainHttp): Line {
  return {
    get busy() {
      return connection.busy;
    },
    send: async (batch) => {
      const status = await connection.post(PATH, BINARY, encodeSampleBatch(batch));
      if (status !== 200) throw new Error(`samples were answered ${status}`);
    },
    cut: () => connection.cut(),
  };
}

async function socketLine(port: number): Promise<Line> {
  let seq = 0;
  let left = 0;
  let answer: { resolve: () => void; reject: (error: Error) => void } | null = null;
  const socket = await PlainSocket.open(port, PATH, {
    text: (frame) => {
      const said = frame.toString('utf8');
      if (!said.startsWith('{"ack"'))
        answer?.reject(new Error(`a message was answered ${said.slice(0, 200)}`));
      else if (--left === 0) {
        const done = answer;
        answer = null;
        done?.resolve();
      }
    },
    closed: (code) => answer?.reject(new Error(`the socket was closed with ${code}`)),
  });
  return {
    get busy() {
      return answer !== null;
    },
    send: (batch) =>
      new Promise((resolve, reject) => {
        answer = { resolve, reject };
        left = batch.streams.length;
        batch.streams.forEach((_, stream) => socket.sayBytes(columnarJson(batch, stream, ++seq)));
      }),
    cut: () => socket.cut(),
  };
}

async function flood(order: Extract<Order, { do: 'flood' }>): Promise<FloodReport> {
  const { port, way, connections, rowsOfBatch, seconds } = order;
  const ackMs: number[] = [];
  let samples = 0;
  let failure: unknown = null;
  const started = performance.now();
  const endAt = started + seconds * 1000;
  const work = async (number: number): Promise<void> => {
    const line = await openLine(port, way);
    const builder = new SampleBatchBuilder(rowsOfBatch);
    let ms = Date.now() - HOUR_MS;
    while (performance.now() < endAt && failure === null) {
      const stream = builder.streamOf(`user-${number}`, `device-${number}`, 'bench', 'accelerometer');
      for (let i = 0; i < rowsOfBatch; i++, ms += 10) builder.push(stream, ms, 0, ms, 0.1, 9.8, i * 1e-3, 0);
      const sent = performance.now();
      await line.send(builder.take());
      ackMs.push(performance.now() - sent);
      samples += rowsOfBatch;
    }
    line.cut();
  };
  const all = Array.from({ length: connections }, (_, i) =>
    work(i).catch((error: unknown) => (failure ??= error)),
  );
  await Promise.all(all);
  if (failure !== null) throw failure;
  return { samples, seconds: (performance.now() - started) / 1000, ackMs };
}

async function wear(order: Extract<Order, { do: 'wear' }>): Promise<WearReport> {
  const { port, way, devices: count, seconds, backlog } = order;
  const startMs = now();
  const devices = Array.from(
    { length: count },
    (_, i) => new LiveDevice(i, RATES_HZ[i % RATES_HZ.length], startMs),
  );
  const lines: Line[] = [];
  for (let i = 0; i < count; i++) lines.push(await openLine(port, way));
  const closed: [string, number][] = [];
  const ackMs: number[] = [];
  let samples = 0;
  let behindMs = 0;
  let failure: unknown = null;
  const turnOf = (i: number, round: number): number => (round + (i + 1) / count) * SEND_EVERY_MS;
  const began = performance.now();
  const ended = (): boolean => failure !== null || performance.now() - began > seconds * 1000;
  const flooding = backlog ? deliverBacklog(port, way, ended) : Promise.resolve(0);
  flooding.catch((error: unknown) => (failure ??= error));
  for (let turn = 0; !ended();) {
    const elapsed = performance.now() - began;
    const i = turn % count;
    const due = turnOf(i, Math.floor(turn / count));
    if (due > elapsed) {
      await sleep(Math.max(1, due - elapsed));
      continue;
    }
    turn++;
    // A device whose last rows are not acknowledged yet sends them together with the next.
    if (lines[i].busy) continue;
    behindMs = Math.max(behindMs, elapsed - due);
    const { batch, closes } = devices[i].upTo(now());
    const sentMs = now();
    for (const id of closes) closed.push([id, sentMs]);
    samples += batch.rows;
    lines[i].send(batch).then(
      () => ackMs.push(now() - sentMs),
      (error: unknown) => (failure ??= error),
    );
  }
  const backlogSamples = await flooding;
  await sleep(500);
  for (const line of lines) line.cut();
  if (failure !== null) throw failure;
  return { closed, ackMs, behindMs, samples, backlogSamples };
}

/** A device that was away for an hour delivers it, over and over: one hour may be gone in a second. */
async function deliverBacklog(port: number, way: Way, ended: () => boolean): Promise<number> {
  const line = await openLine(port, way);
  let taken = 0;
  for (let round = 0; !ended(); round++) {
    const device = new LiveDevice(1_000_000 + round, 100, now() - HOUR_MS);
    for (let ms = now() - HOUR_MS; ms < now() && !ended(); ms += (BACKLOG_ROWS / 200) * 1000) {
      const { batch } = device.upTo(ms);
      if (batch.rows === 0) continue;
      await line.send(batch);
      taken += batch.rows;
    }
  }
  line.cut();
  return taken;
}

async function echo(order: Extract<Order, { do: 'echo' }>): Promise<EchoReport> {
  const { port, sockets: count, rate, seconds } = order;
  const roundTripMs: number[] = [];
  const sockets: PlainSocket[] = [];
  for (let i = 0; i < count; i++) {
    sockets.push(
      await PlainSocket.open(port, '/', {
        text: (frame) => roundTripMs.push(now() - Number(frame.toString('latin1', 0, 20))),
        closed: () => undefined,
      }),
    );
  }
  // As long as a prediction is.
  const filling = Buffer.alloc(700, 0x20);
  const began = performance.now();
  for (let turn = 0; turn < rate * seconds;) {
    const due = (turn / rate) * 1000 - (performance.now() - began);
    if (due > 0) await sleep(Math.max(1, due));
    else {
      filling.fill(0x20, 0, 24);
      filling.write(now().toFixed(3), 'latin1');
      sockets[turn++ % count].sayBytes(filling);
    }
  }
  await sleep(200);
  for (const socket of sockets) socket.cut();
  return { roundTripMs };
}

function obey(order: Order): Promise<FloodReport | WearReport | EchoReport> {
  if (order.do === 'flood') return flood(order);
  return order.do === 'wear' ? wear(order) : echo(order);
}

process.on('message', (order: Order) => {
  obey(order).then(
    (answer) => process.send?.({ answer }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
