import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ActivityVocabulary,
  decodeSamplesRecord,
  encodeSampleBatch,
  recordOfEncodedBatch,
  SampleBatchBuilder,
  TOPICS,
  type DeadLetter,
} from '@hark/contracts';
import { AccessControl, ProblemFilter, accessMiddleware } from '@hark/service';
import { LogFullError, MemoryLog, type Commit, type LogWriter } from '@hark/streaming';
import { FrontDoor } from './front-door.js';
import { FrontDoorModule } from './front-door.module.js';

const ROW = {
  Arrival_Time: 1424686735090,
  Creation_Time: '1424686733090638193',
  Device: 'nexus4_1',
  Model: 'nexus4',
  User: 'g',
  gt: 'stand',
  x: 1,
  y: 2,
  z: 3,
};
const HEADER = 'Index,Arrival_Time,Creation_Time,x,y,z,User,Model,Device,gt';
const LINE = '0,1424696633908,1424696631913248572,-5.958191,0.6880646,8.135345,a,nexus4,nexus4_1,stand';
const SENSOR = '?sensor=accelerometer';
const MAX_BODY = 100_000;

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly retryAfter: string | null;
  readonly body: Record<string, unknown>;
}

describe('POST /v1/samples', () => {
  const log = new MemoryLog({ now: () => 0 });
  let app: NestExpressApplication;
  let url: string;
  let full = false;
  /** While set, commits wait for it. */
  let held: Promise<void> | null = null;

  beforeAll(async () => {
    const inner = await log.writer('ingest');
    const writer: LogWriter = {
      async commit(commit: Commit) {
        await held;
        if (full) throw new LogFullError('no room in /some/path');
        return inner.commit(commit);
      },
      durable: () => inner.durable(),
      runnerState: (runner) => inner.runnerState(runner),
      close: () => inner.close(),
    };
    const frontDoor = await FrontDoor.open({
      writer,
      activities: ActivityVocabulary.hhar,
      idleTimeoutMs: 1000,
      devices: [],
      nowMs: 0,
    });
    const module = FrontDoorModule.register(frontDoor, {
      now: () => 4242,
      maxBodyBytes: MAX_BODY,
      maxInFlightBytes: 2 * MAX_BODY,
    });
    app = await NestFactory.create<NestExpressApplication>(module, { bodyParser: false, logger: false });
    app.use(accessMiddleware(AccessControl.open()));
    app.useGlobalFilters(new ProblemFilter(pino({ level: 'silent' })));
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });
  afterAll(() => app.close());

  async function post(
    body: string | Uint8Array,
    type: string | null = 'application/json',
    query = SENSOR,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${url}/v1/samples${query}`, {
      method: 'POST',
      body: body as string | Uint8Array<ArrayBuffer>,
      headers: { ...(type !== null && { 'content-type': type }), ...headers },
    });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      retryAfter: response.headers.get('retry-after'),
      body: (await response.json()) as Record<string, unknown>,
    };
  }

  const lastRecord = async () => {
    const end = await log.end(TOPICS.samples, 0);
    const [record] = await log.read(TOPICS.samples, 0, end - 1, 1);
    return decodeSamplesRecord(record.value);
  };
  const lastLetter = async () => {
    const end = await log.end(TOPICS.deadLetter, 0);
    const [record] = await log.read(TOPICS.deadLetter, 0, end - 1, 1);
    return JSON.parse(new TextDecoder().decode(record.value)) as DeadLetter;
  };
  const rows = (...changes: object[]) => changes.map((change) => ({ ...ROW, ...change }));

  it('takes HHAR rows as JSON and keeps them as they came', async () => {
    const { status, body } = await post(JSON.stringify(rows({}, { Creation_Time: '1424686733090638194' })));
    expect([status, body]).toEqual([200, { accepted: 2, rejected: 0, errors: [] }]);
    const { batch, receivedMs } = await lastRecord();
    expect(receivedMs).toBe(4242);
    expect(batch).toMatchObject({
      rows: 2,
      streams: [{ user: 'g', sensor: 'accelerometer' }],
      labels: ['stand'],
    });
    expect([...batch!.creationSubNs]).toEqual([638193, 638194]);
  });

  it.each<[string, string, string | Uint8Array, string]>([
    ['an object', 'application/json; charset=utf-8', JSON.stringify(ROW), SENSOR],
    ['JSON lines', 'application/x-ndjson', `${JSON.stringify(ROW)}\n`, SENSOR],
    ['CSV', 'text/csv', `${HEADER}\n${LINE}\n`, SENSOR],
    ['CSV without a header', 'text/csv', LINE, `${SENSOR}&columns=${HEADER}`],
    ['tab-separated values', 'text/tab-separated-values', `${HEADER}\n${LINE}`.replaceAll(',', '\t'), SENSOR],
    [
      'columns',
      'application/json',
      '{"user":"a","device":"d","sensor":"gyroscope","creationTime":["1"],"x":[1],"y":[2],"z":[3]}',
      '',
    ],
  ])('takes %s', async (_, type, body, query) => {
    expect(await post(body, type, query)).toMatchObject({ status: 200, body: { accepted: 1, rejected: 0 } });
  });

  it('takes a protobuf batch, and refuses its bad rows one by one', async () => {
    const builder = new SampleBatchBuilder();
    const stream = builder.streamOf('u', 'd', '', 'gyroscope');
    const walk = builder.labelOf('walk');
    builder.push(stream, 1, 2, NaN, 1, 2, 3, walk);
    builder.push(stream, 1, 3, 9, 1, NaN, 3, 0);
    builder.push(builder.streamOf('', 'd', 'm', 'gyroscope'), 1, 3, 9, 1, 2, 3, 0);
    builder.push(stream, 1, 4, 9, 1, 2, 3, builder.labelOf('swim'));
    builder.push(stream, 9_300_000_000_000, 4, 9, 1, 2, 3, 0);
    builder.push(stream, 1, 5, 9, 1, 2, 3, 0);
    const { status, body } = await post(encodeSampleBatch(builder.take()), 'application/x-protobuf', '');
    expect([status, body]).toMatchObject([
      200,
      {
        accepted: 2,
        rejected: 4,
        errors: [
          { row: 2, code: 'non_finite' },
          { row: 3, code: 'invalid_user' },
          { row: 4, code: 'unknown_activity' },
          { row: 5, code: 'invalid_time' },
        ],
      },
    ]);
    const { batch } = await lastRecord();
    expect(batch).toMatchObject({ rows: 2, streams: [{ model: 'unknown' }], labels: ['walk'] });
    expect([[...batch!.arrivalMs], [...batch!.label], [...batch!.creationSubNs]]).toEqual([
      [4242, 9],
      [1, 0],
      [2, 5],
    ]);
  });

  it('writes a good protobuf batch as it came, and nothing that is no part of it', async () => {
    const builder = new SampleBatchBuilder();
    const stream = builder.streamOf('u', 'd', 'm', 'gyroscope');
    for (let i = 0; i < 3; i++) builder.push(stream, i, i, 9, 1, 2, 3, builder.labelOf('walk'));
    const good = encodeSampleBatch(builder.take());
    const fieldOfLater = [0x98, 0x06, 0x01];
    for (const body of [good, new Uint8Array([...good, ...fieldOfLater])]) {
      expect(await post(body, 'application/x-protobuf', '')).toMatchObject({ body: { accepted: 3 } });
      const end = await log.end(TOPICS.samples, 0);
      const [{ value }] = await log.read(TOPICS.samples, 0, end - 1, 1);
      expect(new Uint8Array(value)).toEqual(recordOfEncodedBatch(good, { receivedMs: 4242 }));
    }
  });

  it('refuses a protobuf that claims more rows than it holds', async () => {
    const claim = new Uint8Array([8, 0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect(await post(claim, 'application/x-protobuf')).toMatchObject({
      status: 400,
      body: { code: 'record_format' },
    });
  });

  it('takes gzip and deflate, and refuses what is not what it says', async () => {
    const json = JSON.stringify(ROW);
    for (const [encoding, body] of [
      ['gzip', gzipSync(json)],
      ['deflate', deflateSync(json)],
    ] as const) {
      expect(await post(body, 'application/json', SENSOR, { 'content-encoding': encoding })).toMatchObject({
        status: 200,
      });
    }
    expect(await post(json, 'application/json', SENSOR, { 'content-encoding': 'gzip' })).toMatchObject({
      status: 400,
      body: { code: 'broken_body' },
    });
    expect(
      await post(gzipSync(json).subarray(0, 30), 'application/json', SENSOR, { 'content-encoding': 'gzip' }),
    ).toMatchObject({
      status: 400,
      body: { code: 'broken_body' },
    });
    expect(await post(json, 'application/json', SENSOR, { 'content-encoding': 'br' })).toMatchObject({
      status: 415,
      body: { code: 'unsupported_encoding' },
    });
  });

  it('keeps good rows, names the first 20 bad ones and keeps all of those in the dead-letter topic', async () => {
    const before = await log.end(TOPICS.deadLetter, 0);
    const bad = Array.from({ length: 25 }, () => ({ x: null }));
    const { status, body } = await post(JSON.stringify(rows({}, ...bad, {})));
    expect([status, body['accepted'], body['rejected']]).toEqual([200, 2, 25]);
    const errors = body['errors'] as unknown[];
    expect(errors).toHaveLength(20);
    expect(errors[0]).toEqual({ row: 2, code: 'missing_axis', message: 'x is missing' });
    expect((await log.end(TOPICS.deadLetter, 0)) - before).toBe(25);
    expect(await lastLetter()).toMatchObject({
      row: 26,
      code: 'missing_axis',
      source: 'http',
      receivedMs: 4242,
    });
  });

  it.each<[string, string, string, string, string]>([
    ['no sensor', JSON.stringify(ROW), 'application/json', '', 'sensor_missing'],
    ['no header', LINE, 'text/csv', SENSOR, 'header_missing'],
    ['a header without x', HEADER.replace(',x', ''), 'text/csv', SENSOR, 'header_columns'],
    ['no JSON', '{"User":', 'application/json', SENSOR, 'malformed'],
    ['1e999', JSON.stringify(ROW).replace('"x":1', '"x":1e999'), 'application/json', SENSOR, 'non_finite'],
    [
      '__proto__',
      JSON.stringify(ROW).replace('{', '{"__proto__":{},'),
      'application/json',
      SENSOR,
      'malformed',
    ],
    [
      'columns of two lengths',
      '{"creationTime":[1],"x":[1],"y":[],"z":[1]}',
      'application/json',
      SENSOR,
      'column_length',
    ],
    ['broken columns', '{"creationTime":[1,', 'application/json', SENSOR, 'malformed'],
    ['nesting of 20,000 levels', `{"a":${'['.repeat(20_000)}`, 'application/json', SENSOR, 'malformed'],
  ])('answers 400 to %s and leaves a trace', async (_, body, type, query, code) => {
    const before = await log.end(TOPICS.samples, 0);
    const answer = await post(body, type, query);
    expect(answer).toMatchObject({ status: 400, body: { status: 400, code } });
    expect(answer.type).toBe('application/problem+json; charset=utf-8');
    expect((await lastLetter()).text).toBe(body.slice(0, 1024));
    expect(await log.end(TOPICS.samples, 0)).toBe(before);
  });

  it.each<[string, string, string, string]>([
    ['an empty body', '', SENSOR, 'no_rows'],
    ['an empty array', '[]', SENSOR, 'no_rows'],
    ['an unknown sensor', JSON.stringify(ROW), '?sensor=acc', 'unknown_sensor'],
    ['two sensors', JSON.stringify(ROW), `${SENSOR}&sensor=gyroscope`, 'unknown_sensor'],
  ])('answers 400 to %s', async (_, body, query, code) => {
    expect(await post(body, 'application/json', query)).toMatchObject({ status: 400, body: { code } });
  });

  it('answers 415 to a type that it does not take, or none', async () => {
    for (const type of ['image/png', 'application/json; charset=utf-16', '']) {
      expect(await post(JSON.stringify(ROW), type)).toMatchObject({
        status: 415,
        body: { code: 'unsupported_type' },
      });
    }
  });

  it('answers 413 to a body over the limit, declared, streamed or inflated, and takes the next', async () => {
    const large = ' '.repeat(MAX_BODY + 1);
    expect(await post(large)).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
    const bomb = gzipSync(' '.repeat(50 * MAX_BODY));
    expect(await post(bomb, 'application/json', SENSOR, { 'content-encoding': 'gzip' })).toMatchObject({
      status: 413,
    });
    const emptyMembers = Buffer.concat(Array.from({ length: 6_000 }, () => gzipSync('')));
    expect(emptyMembers.length).toBeGreaterThan(MAX_BODY);
    expect(
      await post(emptyMembers, 'application/json', SENSOR, { 'content-encoding': 'gzip' }),
    ).toMatchObject({ status: 413 });
    const streamed = await new Promise<number>((resolve, reject) => {
      const request = httpRequest(
        `${url}/v1/samples`,
        { method: 'POST', headers: { 'content-type': 'application/json' } },
        (response) => resolve(response.resume().statusCode ?? 0),
      );
      request.on('error', reject);
      request.write(large);
      request.end(large);
    });
    expect(streamed).toBe(413);
    expect(await post(JSON.stringify(ROW))).toMatchObject({ status: 200 });
  });

  it('answers 429 with Retry-After while too much is under way, and takes it afterwards', async () => {
    let release = () => {};
    held = new Promise((resolve) => (release = resolve));
    const padded = JSON.stringify(ROW).padEnd(MAX_BODY - 1);
    // Two fit; the third to arrive is answered while they wait.
    const sent = [post(padded), post(padded), post(padded)];
    expect(await Promise.race(sent)).toMatchObject({
      status: 429,
      retryAfter: '1',
      body: { code: 'overloaded' },
    });
    release();
    held = null;
    expect((await Promise.all(sent)).map(({ status }) => status).sort()).toEqual([200, 200, 429]);
    expect(await post(padded)).toMatchObject({ status: 200 });
  });

  it('answers 503 with Retry-After and without paths while the disk is full', async () => {
    full = true;
    const answer = await post(JSON.stringify(ROW));
    full = false;
    expect(answer).toMatchObject({ status: 503, retryAfter: '5', body: { code: 'log_full' } });
    expect(JSON.stringify(answer.body)).not.toContain('/some/path');
    expect(await post(JSON.stringify(ROW))).toMatchObject({ status: 200 });
  });

  it('takes a numbered batch once and says what a producer has sent', async () => {
    const number = (sequence: string) => ({ 'hark-producer': 'imp/1', 'hark-sequence': sequence });
    const producer = async () => (await fetch(`${url}/v1/producers/${encodeURIComponent('imp/1')}`)).json();
    expect(await producer()).toEqual({ producer: 'imp/1', sequence: 0, finished: false });
    expect((await post(JSON.stringify(ROW), 'application/json', SENSOR, number('1'))).body).toEqual({
      accepted: 1,
      rejected: 0,
      errors: [],
    });
    expect((await post(JSON.stringify(ROW), 'application/json', SENSOR, number('1'))).body).toEqual({
      accepted: 0,
      rejected: 0,
      errors: [],
      duplicate: true,
    });
    expect(await producer()).toEqual({ producer: 'imp/1', sequence: 1, finished: false });
    const end = await post('', null, '', { 'hark-producer': 'imp/1', 'hark-end': '1' });
    expect([end.status, end.body]).toEqual([200, { accepted: 0, rejected: 0, errors: [] }]);
    expect(await producer()).toEqual({ producer: 'imp/1', sequence: 1, finished: true });
    expect((await lastRecord()).tick).toEqual([{ user: 'g', device: 'nexus4_1' }]);
    expect(await post('', null, '', { 'hark-producer': 'imp/1' })).toMatchObject({
      status: 400,
      body: { code: 'invalid_numbering' },
    });
  });

  it('answers 409 to a batch behind a gap, with the number expected', async () => {
    const before = await log.end(TOPICS.samples, 0);
    const headers = { 'hark-producer': 'gap', 'hark-sequence': '2' };
    const { status, body } = await post(JSON.stringify(ROW), 'application/json', SENSOR, headers);
    expect([status, body['code'], body['expected']]).toEqual([409, 'sequence_gap', 1]);
    expect(body['detail']).toContain('Hark-Sequence is 2 where 1 is expected of "gap"');
    expect(await log.end(TOPICS.samples, 0)).toBe(before);
  });

  it('answers 400 to rows with an end that has no number, and takes none', async () => {
    const before = await log.end(TOPICS.samples, 0);
    const headers = { 'hark-producer': 'no-number', 'hark-end': '1' };
    expect(await post(JSON.stringify(ROW), 'application/json', SENSOR, headers)).toMatchObject({
      status: 400,
      body: { code: 'invalid_numbering' },
    });
    expect(await log.end(TOPICS.samples, 0)).toBe(before);
  });

  it('counts a number as taken with a 2xx or when each of its rows was refused, and says so again', async () => {
    const send = async (sequence: number, body: string) => {
      const headers = { 'hark-producer': 'rule', 'hark-sequence': String(sequence) };
      return post(body, 'application/json', SENSOR, headers);
    };
    const last = async () =>
      ((await (await fetch(`${url}/v1/producers/rule`)).json()) as { sequence: number }).sequence;
    expect(await send(1, '[]')).toMatchObject({ status: 400, body: { code: 'no_rows' } });
    expect(await send(1, '{"creationTime":[1,')).toMatchObject({ status: 400, body: { code: 'malformed' } });
    expect(await last()).toBe(0);
    const refused = await send(1, JSON.stringify({ ...ROW, x: null }));
    expect(refused).toMatchObject({
      status: 400,
      body: { code: 'missing_axis', title: 'Every row was refused', accepted: 0, rejected: 1 },
    });
    expect(await last()).toBe(1);
    const letters = await log.end(TOPICS.deadLetter, 0);
    expect(await send(1, JSON.stringify({ ...ROW, x: null }))).toEqual(refused);
    expect(await log.end(TOPICS.deadLetter, 0)).toBe(letters);
    expect(await send(2, JSON.stringify(ROW))).toMatchObject({ status: 200, body: { accepted: 1 } });
  });

  it('says how to name the columns over HTTP, and nothing of a command line', async () => {
    const { body } = await post(LINE, 'text/csv');
    expect(body['detail']).toContain('?columns=Index,Arrival_Time,Creation_Time,x,y,z,User,Model,Device,gt');
    expect(body['detail']).not.toContain('--');
  });

  it('takes nothing of a request that breaks off', async () => {
    const before = await log.end(TOPICS.samples, 0);
    await new Promise<void>((resolve) => {
      const request = httpRequest(`${url}/v1/samples${SENSOR}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': '1000' },
      });
      request.on('error', () => resolve()).on('close', () => resolve());
      request.write(JSON.stringify(ROW), () => request.destroy());
    });
    expect(await post(JSON.stringify(ROW))).toMatchObject({ status: 200 });
    expect(await log.end(TOPICS.samples, 0)).toBe(before + 1);
  });
});
