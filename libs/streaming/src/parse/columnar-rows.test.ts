import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActivityVocabulary } from '@hark/contracts';
import { CollectingSink } from './collecting-sink.js';
import { ColumnarRows, ColumnLengthError, MalformedColumnsError } from './columnar-rows.js';
import { JsonRows } from './json-rows.js';

const encoder = new TextEncoder();
const GOOD = {
  user: '"a"',
  device: '"nexus4_1"',
  model: '"nexus4"',
  sensor: '"gyroscope"',
  creationTime: '["1424696631913248572","1424696631918283972"]',
  arrivalTime: '[1424696633908,1424696633909.5]',
  x: '[-5.958191,-5.95224]',
  y: '[0.6880646,0.6702118]',
  z: '[8.135345,8.136536e0]',
  gt: '"walk"',
};

/** The object as JSON; `undefined` leaves a member out. */
function objectOf(change: Partial<Record<string, string>> = {}): string {
  const members = Object.entries({ ...GOOD, ...change }).filter(([, value]) => value !== undefined);
  return `{${members.map(([key, value]) => `"${key}":${value}`).join(',')}}`;
}

function read(text: string, sensor?: 'accelerometer') {
  const sink = new CollectingSink(ActivityVocabulary.hhar, 77);
  new ColumnarRows({ sensor }).parse(encoder.encode(text), sink);
  return { batch: sink.builder.take(), rejected: sink.kept };
}

describe('ColumnarRows', () => {
  it('reads columns exactly, times as strings or as numbers', () => {
    for (const creationTime of [GOOD.creationTime, GOOD.creationTime.replaceAll('"', '')]) {
      for (const padding of ['', ' '.repeat(100)]) {
        const { batch, rejected } = read(objectOf({ creationTime }) + padding);
        expect(rejected).toEqual([]);
        expect(batch).toMatchObject({
          rows: 2,
          streams: [{ user: 'a', device: 'nexus4_1', model: 'nexus4', sensor: 'gyroscope' }],
          labels: ['walk'],
        });
        expect([...batch.creationMs]).toEqual([1424696631913, 1424696631918]);
        expect([...batch.creationSubNs]).toEqual([248572, 283972]);
        expect([...batch.arrivalMs]).toEqual([1424696633908, 1424696633909.5]);
        expect([...batch.x, ...batch.y, ...batch.z]).toEqual([
          -5.958191, -5.95224, 0.6880646, 0.6702118, 8.135345, 8.136536,
        ]);
        expect([...batch.label]).toEqual([1, 1]);
      }
    }
  });

  it('reads an activity for each row, one for all, none, and null', () => {
    expect([...read(objectOf({ gt: '["sit",null]' })).batch.label]).toEqual([1, 0]);
    expect([...read(objectOf({ gt: '["null","sit"]' })).batch.label]).toEqual([0, 1]);
    expect([...read(objectOf({ gt: '"s\\u0069t"' })).batch.label]).toEqual([1, 1]);
    expect([...read(objectOf({ gt: undefined })).batch.label]).toEqual([0, 0]);
    expect([...read(objectOf({ gt: 'null' })).batch.label]).toEqual([0, 0]);
  });

  it('takes the sensor, model and arrival time that are missing from its defaults', () => {
    const { batch } = read(
      objectOf({ sensor: undefined, model: undefined, arrivalTime: undefined }),
      'accelerometer',
    );
    expect(batch.streams[0]).toMatchObject({ model: 'unknown', sensor: 'accelerometer' });
    expect([...batch.arrivalMs]).toEqual([77, 77]);
    expect(read(objectOf({ sensor: undefined })).rejected).toMatchObject([
      { row: 1, code: 'sensor_missing' },
      { row: 2, code: 'sensor_missing' },
    ]);
  });

  it('reads several objects, in an array or one after the other, and skips keys it does not know', () => {
    const other = objectOf({ device: '"gear_1"', extra: '{"a":[1,2]}' });
    for (const text of [
      `[${objectOf()},${other}]`,
      ` ${objectOf()}\n${other}\n`,
      `[[]`.slice(1) + objectOf() + other,
    ]) {
      const { batch } = read(text);
      expect([batch.rows, batch.streams.map((stream) => stream.device)]).toEqual([4, ['nexus4_1', 'gear_1']]);
      expect([...batch.stream]).toEqual([0, 0, 1, 1]);
    }
  });

  it('refuses bad values row by row', () => {
    const { batch, rejected } = read(
      objectOf({
        creationTime: '[1,2,-3,4,5,6,7.5]',
        arrivalTime: '[null,1,"x",-1,1,1,1]',
        x: '[1,null,1,1e999,1,1,1]',
        y: '[1,1,1,1,"NaN",1,1]',
        z: '[1,1,1,1,1,1,1]',
        gt: '["walk","walk","walk","walk","walk","swim","walk"]',
      }),
    );
    expect([batch.rows, batch.arrivalMs[0]]).toEqual([1, 77]);
    expect(rejected.map(({ row, code, message }) => [row, code, message])).toEqual([
      [2, 'missing_axis', 'x is missing'],
      [3, 'invalid_time', 'Creation_Time is "-3", not nanoseconds from 0 to 9223372036854775807'],
      [4, 'non_finite', 'x is "1e999", not a finite number'],
      [5, 'non_finite', 'y is the string "NaN", not a number'],
      [6, 'unknown_activity', 'gt is "swim", not a known activity'],
      [7, 'invalid_time', 'Creation_Time is "7.5", not nanoseconds from 0 to 9223372036854775807'],
    ]);
    expect(rejected[0].device).toEqual({ user: 'a', device: 'nexus4_1' });
    expect(JSON.parse(rejected[0].text)).toMatchObject({ User: 'a', Creation_Time: '2', y: '1' });
  });

  it.each([
    ['user', '5', 'invalid_user', 'User is 5, not a string'],
    ['user', '""', 'invalid_user', 'User is empty'],
    ['device', undefined, 'invalid_device', 'Device is missing'],
    ['model', '[1]', 'invalid_model', 'Model is [1], not a string'],
    ['sensor', '"barometer"', 'unknown_sensor', 'Sensor is "barometer", not accelerometer or gyroscope'],
  ])('refuses every row of an object whose %s is %j', (key, value, code, message) => {
    const { batch, rejected } = read(objectOf({ [key]: value }));
    expect(batch.rows).toBe(0);
    expect(rejected).toMatchObject([
      { row: 1, code, message },
      { row: 2, code, message },
    ]);
  });

  it.each([
    ['x', '[1]', 1],
    ['z', undefined, 0],
    ['arrivalTime', '[1,2,3]', 3],
    ['gt', '["walk"]', 1],
  ])('says which column has another length: %s', (column, value, length) => {
    expect(() => read(objectOf({ [column]: value }))).toThrow(new ColumnLengthError(column, length, 2));
  });

  it.each([
    ['a cut off text', objectOf().slice(0, -5)],
    ['a column that is no array', objectOf({ x: '1' })],
    ['a column twice', objectOf().replace('{', '{"x":[1],')],
    ['__proto__', objectOf({ ['__proto__x']: '1' }).replace('__proto__x', '__proto__')],
    ['a fault inside an array', objectOf({ x: '[1,,2]' })],
    ['text behind an array', `[${objectOf()}]x`],
    ['rows that are no objects', '[1]'],
    ['deep nesting', objectOf({ extra: '['.repeat(20_000) })],
  ])('refuses %s as a whole', (_, text) => {
    expect(() => read(text)).toThrow(MalformedColumnsError);
  });

  it('takes an object without rows', () => {
    const none = { creationTime: '[]', arrivalTime: '[]', x: '[]', y: '[ ]', z: '[]', gt: '[]' };
    expect(read(objectOf(none)).batch.rows).toBe(0);
    expect(read('[]').batch.rows).toBe(0);
  });

  it('gives the same batch as the same values in rows', () => {
    const row = fc.record({
      time: fc.bigInt({ min: 0n, max: 9_223_372_036_854_775_807n }).map(String),
      axes: fc.tuple(
        ...['x', 'y', 'z'].map(() => fc.double({ noNaN: true, noDefaultInfinity: true }).map((v) => v + 0)),
      ),
      arrival: fc.nat(),
      gt: fc.constantFrom('walk', 'sit', 'null'),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 600 }), (rows) => {
        const columnar = JSON.stringify({
          user: 'a',
          device: 'd',
          sensor: 'gyroscope',
          creationTime: rows.map((r) => r.time),
          arrivalTime: rows.map((r) => r.arrival),
          x: rows.map((r) => r.axes[0]),
          y: rows.map((r) => r.axes[1]),
          z: rows.map((r) => r.axes[2]),
          gt: rows.map((r) => r.gt),
        });
        const lines = rows.map((r) =>
          JSON.stringify({
            User: 'a',
            Device: 'd',
            Creation_Time: r.time,
            Arrival_Time: r.arrival,
            x: r.axes[0],
            y: r.axes[1],
            z: r.axes[2],
            gt: r.gt,
          }),
        );
        const sink = new CollectingSink(ActivityVocabulary.hhar, 77);
        new JsonRows({ sensor: 'gyroscope' }).parse(encoder.encode(lines.join('\n')), sink, { last: true });
        expect(read(columnar).batch).toEqual(sink.builder.take());
      }),
      { numRuns: 60 },
    );
  });

  it('throws nothing but its own errors on any text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ',',
        '"x":',
        '"creationTime":',
        '"gt":',
        '"user":',
        '1',
        'null',
        '"a"',
        objectOf(),
      ),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 16 }), (pieces) => {
        try {
          read(pieces.join(''));
        } catch (error) {
          expect(error instanceof MalformedColumnsError || error instanceof ColumnLengthError).toBe(true);
        }
      }),
      { numRuns: 1_500 },
    );
  });
});
