import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActivityVocabulary, type SampleBatch } from '@hark/contracts';
import { CollectingSink, type RejectedRow } from './collecting-sink.js';
import { CsvRows } from './csv-rows.js';
import { JsonRows, type JsonRowsOptions } from './json-rows.js';

const encoder = new TextEncoder();
const ROW =
  '{"Arrival_Time":1424686735090,"Creation_Time":1424686733090638193,"Device":"nexus4_1","Index":18,' +
  '"Model":"nexus4","User":"g","gt":"stand","x":3.356934E-4,"y":-5.645752E-4,"z":-0.018814087}';
const without = (key: string) => ROW.replace(new RegExp(`"${key}":[^,}]+,?`), '').replace(',}', '}');
const withValue = (key: string, value: string) =>
  ROW.replace(new RegExp(`"${key}":[^,}]+`), `"${key}":${value}`);

interface Read {
  readonly batch: SampleBatch;
  readonly rejected: readonly RejectedRow[];
}

/** Reads `text` in pieces of these lengths (the last one repeats), carrying over what was not consumed. */
function read(
  text: string | Uint8Array,
  options: JsonRowsOptions = { sensor: 'accelerometer' },
  cuts = [Infinity],
): Read {
  const bytes = typeof text === 'string' ? encoder.encode(text) : text;
  const sink = new CollectingSink(ActivityVocabulary.hhar, 77);
  const parser = new JsonRows(options);
  let from = 0;
  let to = 0;
  for (let piece = 0; ; piece++) {
    to = Math.min(bytes.length, to + Math.max(1, cuts[Math.min(piece, cuts.length - 1)]));
    const last = to === bytes.length;
    from += parser.parse(bytes.subarray(from, to), sink, { last });
    if (last) break;
  }
  expect(from).toBe(bytes.length);
  return { batch: sink.builder.take(), rejected: sink.kept };
}

/** The row alone, where it is read with care, and in front of others, where the fast path may take it. */
function readBoth(row: string): Read {
  const alone = read(row);
  const first = read(`${row}\n${ROW}\n${ROW}\n`);
  expect(first.batch.rows).toBe(alone.batch.rows + 2);
  expect(first.rejected).toEqual(alone.rejected);
  return alone;
}

describe('JsonRows', () => {
  it("reads a row of Spark's activity data exactly", () => {
    const { batch, rejected } = read([ROW, ROW, ROW].join('\n'));
    expect(rejected).toEqual([]);
    expect(batch.rows).toBe(3);
    expect(batch.streams).toEqual([
      { user: 'g', device: 'nexus4_1', model: 'nexus4', sensor: 'accelerometer' },
    ]);
    for (const i of [0, 2]) {
      expect([batch.creationMs[i], batch.creationSubNs[i], batch.arrivalMs[i]]).toEqual([
        1424686733090, 638193, 1424686735090,
      ]);
      expect([batch.x[i], batch.y[i], batch.z[i]]).toEqual([3.356934e-4, -5.645752e-4, -0.018814087]);
      expect(batch.labels[batch.label[i] - 1]).toBe('stand');
    }
  });

  it.each([
    ['lines', `${ROW}\n${ROW}\n${ROW}`],
    ['lines with CRLF and blank ones', `\r\n${ROW}\r\n\r\n${ROW}\r\n${ROW}\r\n`],
    ['an array', `[${ROW},${ROW},${ROW}]`],
    ['an array over lines', `\ufeff[\n  ${ROW},\n  ${ROW},\n  ${ROW}\n]\n`],
    ['objects one after the other', `${ROW}${ROW} ${ROW}`],
    ['arrays one after the other', `[${ROW}] [${ROW},${ROW}] []`],
    [
      'indented objects',
      [ROW, ROW, ROW].map((row) => row.replaceAll(',', ',\n  ').replaceAll(':', ' : ')).join('\n'),
    ],
    [
      'lines with spaces',
      [ROW, ROW, ROW].map((row) => row.replaceAll(',', ', ').replaceAll('":', '": ')).join('\n'),
    ],
  ])('reads %s', (_, text) => {
    const { batch, rejected } = read(text);
    expect(rejected).toEqual([]);
    expect(batch).toEqual(read(`${ROW}\n${ROW}\n${ROW}\n`).batch);
  });

  it('reads a time as a number or a string, and one that a spreadsheet rounded', () => {
    for (const value of ['"1424686733090638193"', '1424686733090638193', '"00001424686733090638193"']) {
      expect(readBoth(withValue('Creation_Time', value)).batch.creationSubNs[0]).toBe(638193);
    }
    expect(readBoth(withValue('Creation_Time', '1.42468673309063E+018')).batch.creationSubNs[0]).toBe(630000);
  });

  it('reads escapes, and ids beyond ASCII, the same whatever their notation', () => {
    const { batch } = read(
      ['"\\u00fc"', '"ü"', '"\\u00FC"', '"ü"'].map((user) => withValue('User', user)).join('\n'),
    );
    expect(batch.streams.map((stream) => stream.user)).toEqual(['ü']);
    expect(readBoth(withValue('User', '"a\\"b\\\\c"')).batch.streams[0].user).toBe('a"b\\c');
    expect(readBoth(ROW.replace('"User"', '"\\u0055ser"')).batch.streams[0].user).toBe('g');
  });

  it('ignores unknown keys, whatever they hold', () => {
    const row = ROW.replace('{', '{"extra":{"a":[1,{"b":null}],"c":"}"},"Xy":1,"":[],');
    expect(readBoth(row).batch.rows).toBe(1);
  });

  it('reads unlabelled rows among others as it reads each of them alone', () => {
    const rows = [ROW, withValue('gt', 'null'), withValue('gt', ' null '), ROW, withValue('gt', 'null')];
    const { batch, rejected } = read(rows.join('\n'));
    expect(rejected).toEqual([]);
    expect(rows.map((_, i) => batch.labels[batch.label[i] - 1] ?? null)).toEqual([
      ...['stand', null, null, 'stand', null],
    ]);
    for (const wrong of ['nul', 'nulll', 'nuLl', 'null"'])
      expect(readBoth(withValue('gt', wrong)).rejected[0].code).toBe('malformed');
  });

  it('takes no gt, null and "null" as unlabelled and a missing model as unknown', () => {
    for (const row of [
      without('gt'),
      withValue('gt', 'null'),
      withValue('gt', '"null"'),
      withValue('gt', '""'),
    ]) {
      expect(readBoth(row).batch.label[0]).toBe(0);
    }
    expect(readBoth(without('Model')).batch.streams[0].model).toBe('unknown');
    expect(readBoth(withValue('Model', 'null')).batch.streams[0].model).toBe('unknown');
    expect(readBoth(without('Arrival_Time')).batch.arrivalMs[0]).toBe(77);
  });

  it("lets a row's own sensor win over the caller's", () => {
    const row = ROW.replace('{', '{"Sensor":"gyroscope",');
    expect(readBoth(row).batch.streams[0].sensor).toBe('gyroscope');
    expect(read(row, {}).batch.rows).toBe(1);
    expect(read(ROW, {}).rejected).toMatchObject([{ row: 1, code: 'sensor_missing' }]);
  });

  it.each([
    ['a missing axis', without('x'), 'missing_axis'],
    ['a null axis', withValue('x', 'null'), 'missing_axis'],
    ['1e999', withValue('y', '1e999'), 'non_finite'],
    ['an axis as text', withValue('y', '"1"'), 'non_finite'],
    ['a million digits', withValue('y', '1'.repeat(60_000)), 'non_finite'],
    ['a number as user', withValue('User', '5'), 'invalid_user'],
    ['an empty user', withValue('User', '""'), 'invalid_user'],
    ['a missing user', without('User'), 'invalid_user'],
    ['a lone surrogate', withValue('Device', '"\\ud800"'), 'invalid_device'],
    ['a control character', withValue('Device', '"\\u0000"'), 'invalid_device'],
    ['129 characters', withValue('Model', `"${'m'.repeat(129)}"`), 'invalid_model'],
    ['a negative time', withValue('Creation_Time', '-1'), 'invalid_time'],
    ['a time with a fraction', withValue('Creation_Time', '1.5'), 'invalid_time'],
    ['a time over int64', withValue('Creation_Time', '9223372036854775808'), 'invalid_time'],
    ['an unknown activity', withValue('gt', '"swim"'), 'unknown_activity'],
    ['an activity that is a number', withValue('gt', '1'), 'unknown_activity'],
    ['an unknown sensor', ROW.replace('{', '{"Sensor":"barometer",'), 'unknown_sensor'],
    ['a key twice', ROW.replace('{', '{"x":1,'), 'malformed'],
    ['__proto__', ROW.replace('{', '{"__proto__":{"x":1},'), 'malformed'],
    ['nesting deeper than 64', ROW.replace('{', `{"a":${'['.repeat(65)}${']'.repeat(65)},`), 'malformed'],
    ['20,000 levels', ROW.replace('{', `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)},`), 'malformed'],
    ['a NaN', withValue('x', 'NaN'), 'malformed'],
    ['a leading zero', withValue('x', '01'), 'malformed'],
    ['a missing comma', ROW.replace(',', ''), 'malformed'],
    ['a cut off line', ROW.slice(0, 60), 'malformed'],
    ['another kind of value', '"text"', 'malformed'],
    ['no JSON', 'hello', 'malformed'],
  ])('refuses a row with %s and reads on behind it', (_, row, code) => {
    const first = read(`${row}\n${ROW}\n${ROW}\n`);
    expect(first.rejected).toMatchObject([{ row: 1, code, text: row.slice(0, 1024) }]);
    expect(first.batch.rows).toBe(2);
    const inside = read(`[${ROW},\n${row},\n${ROW}]`);
    expect(inside.rejected[0]).toMatchObject({ row: 2, code });
    if (!row.startsWith('{') || row.endsWith('}')) expect(inside.batch.rows).toBe(2);
  });

  it('says where an array does not end, and keeps its rows', () => {
    const { batch, rejected } = read(`[${ROW},${ROW}`);
    expect(batch.rows).toBe(2);
    expect(rejected).toMatchObject([{ row: 3, code: 'malformed', message: 'the array does not end' }]);
  });

  it('refuses a row that is longer than 64 KiB and reads on behind it, however it arrives', () => {
    const long = ROW.replace('{', `{"a":"${'x'.repeat(70_000)}",`);
    for (const cuts of [[Infinity], [1000], [66_000]]) {
      for (const text of [`${long}\n${ROW}\n`, `[${long},${ROW}]`]) {
        const { batch, rejected } = read(text, { sensor: 'accelerometer' }, cuts);
        expect(batch.rows).toBe(1);
        expect(rejected).toMatchObject([{ row: 1, message: 'the row is longer than 65536 bytes' }]);
      }
    }
  });

  it('refuses a row that is not UTF-8', () => {
    const bytes = encoder.encode([ROW, ROW, ROW].join('\n'));
    bytes[ROW.indexOf('nexus4_1')] = 0xff;
    expect(read(bytes).rejected).toMatchObject([
      { row: 1, code: 'malformed', message: 'the row is not UTF-8' },
    ]);
  });

  it('reads more devices than it remembers', () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => withValue('Device', `"d${i % 20_000}"`));
    const { batch } = read(rows.join('\n'));
    expect([batch.rows, batch.streams.length]).toEqual([40_000, 20_000]);
    for (const i of [0, 19_999, 20_000, 39_999])
      expect(batch.streams[batch.stream[i]].device).toBe(`d${i % 20_000}`);
  });

  const value = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        '"a"',
        '"b"',
        '"walk"',
        '"null"',
        'null',
        '""',
        '"\\u0061"',
        '"é"',
        '[]',
        '{"x":1}',
        'true',
      ),
    },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        '1',
        '-0.5',
        '3.4E-4',
        '1424696631913248572',
        '"27920678471000"',
        '1e999',
        '1.42E+018',
        '01',
        '-',
        '"',
      ),
    },
    { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
  );
  const key = fc.constantFrom(
    'User',
    'Device',
    'Model',
    'Sensor',
    'Creation_Time',
    'Arrival_Time',
    'x',
    'y',
    'z',
    'gt',
    'Index',
    'other',
    '__proto__',
  );
  const space = fc.constantFrom('', '', '', ' ', '\n');
  const oddRow = fc
    .tuple(fc.array(fc.tuple(key, space, value, space), { maxLength: 6 }), fc.boolean())
    .map(([members, whole]) => {
      const text = members.map(([k, before, v, after]) => `"${k}":${before}${v}${after}`).join(',');
      return whole ? ROW.replace('}', `${text === '' ? '' : ','}${text}}`) : `{${text}}`;
    });
  const goodRow = fc
    .record({
      User: fc.constantFrom('a', 'b', 'ü', 'q"'),
      Device: fc.constantFrom('d1', 'd2', 'd3'),
      Model: fc.constantFrom('nexus4', 's3'),
      Sensor: fc.constantFrom('accelerometer', 'gyroscope'),
      Creation_Time: fc.bigInt({ min: 0n, max: 9_223_372_036_854_775_807n }).map(String),
      Arrival_Time: fc.nat(2_000_000_000),
      x: fc.double({ noNaN: true, noDefaultInfinity: true }),
      y: fc.float({ noNaN: true, noDefaultInfinity: true }),
      z: fc.integer(),
      gt: fc.constantFrom('walk', 'sit', 'null', ''),
    })
    .map((row) => ({ ...row, x: row.x + 0, y: row.y + 0 }));
  const separator = fc.constantFrom('\n', '\n', '\r\n', ' ', ',', '', '\n\n', ']', '[', '\nx\n');
  const text = fc
    .tuple(
      fc.constantFrom('', '', '[', ' [\n'),
      fc.array(
        fc.tuple(
          fc.oneof(
            fc.constant(ROW),
            goodRow.map((row) => JSON.stringify(row)),
            oddRow,
          ),
          separator,
        ),
        { maxLength: 8 },
      ),
      fc.constantFrom('', ']', '\n'),
    )
    .map(([open, rows, close]) => open + rows.map((pair) => pair.join('')).join('') + close);

  it('reads the same however the bytes are cut into calls', () => {
    fc.assert(
      fc.property(
        text,
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 }),
        (all, cuts) => {
          expect(read(all, {}, cuts)).toEqual(read(all, {}));
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it('reads any rows on the fast path as with care', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            oddRow,
            goodRow.map((row) => JSON.stringify(row)),
          ),
          { maxLength: 6 },
        ),
        (rows) => {
          // A space after each brace sends every row down the careful path.
          const careful = rows.map((row) => row.replace('{', '{\t'));
          const fast = read([...rows, ROW, ROW].join('\n'), {});
          const slow = read([...careful, ROW, ROW].join('\n'), {});
          expect(fast.batch).toEqual(slow.batch);
          expect(fast.rejected.map(({ row, code, message }) => [row, code, message])).toEqual(
            slow.rejected.map(({ row, code, message }) => [row, code, message]),
          );
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it('gives the same batch as the same rows in CSV', () => {
    fc.assert(
      fc.property(fc.array(goodRow, { minLength: 1, maxLength: 8 }), (rows) => {
        const columns = Object.keys(rows[0]) as (keyof (typeof rows)[0])[];
        const lines = rows.map((row) =>
          columns.map((column) => `"${String(row[column]).replaceAll('"', '""')}"`).join(','),
        );
        const plain = rows.map((row) => columns.map((column) => String(row[column])).join(','));
        const json = read(rows.map((row) => JSON.stringify(row)).join('\n'), {});
        for (const body of rows.some((row) => row.User.includes('"')) ? [lines] : [lines, plain]) {
          const sink = new CollectingSink(ActivityVocabulary.hhar, 77);
          new CsvRows().parse(encoder.encode([columns.join(','), ...body].join('\n')), sink, { last: true });
          expect(sink.builder.take()).toEqual(json.batch);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('throws nothing on any bytes', () => {
    const pieces = fc.oneof(
      fc.constantFrom('{"User":"a",', '[', ']', '}', '"', '\\', '{"x":', '\n', ROW),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), fc.uint8Array({ maxLength: 50 }), (texts, tail) => {
        const head = encoder.encode(texts.join(''));
        const all = new Uint8Array(head.length + tail.length);
        all.set(head);
        all.set(tail, head.length);
        read(all, {});
        read(tail, {});
      }),
      { numRuns: 1_500 },
    );
  });

  it('takes time in proportion to the bytes, whatever they are', () => {
    for (const hostile of [
      '{"a":[1,\n',
      '{\n',
      '[',
      '{"a":"',
      ',',
      '{"q":[\n{"q":[\n]},\n',
      '\\"',
      '[{"x":1,"x":[',
    ]) {
      expect(read(hostile.repeat(Math.ceil(200_000 / hostile.length))).batch.rows).toBe(0);
    }
  });
});
