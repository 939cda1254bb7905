import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActivityVocabulary, type SampleBatch, type Sensor } from '@hark/contracts';
import { CollectingSink, type RejectedRow } from './collecting-sink.js';
import { HeaderColumnsError, MissingHeaderError } from './csv-header.js';
import { CsvRows, type CsvRowsOptions } from './csv-rows.js';

const encoder = new TextEncoder();
const HEADER = 'Index,Arrival_Time,Creation_Time,x,y,z,User,Model,Device,gt';
const ROW = '0,1424696633908,1424696631913248572,-5.958191,0.6880646,8.135345,a,nexus4,nexus4_1,stand';

interface Read {
  readonly batch: SampleBatch;
  readonly rejected: readonly RejectedRow[];
}

/** Reads `text` in pieces of these lengths (the last one repeats), carrying over what was not consumed. */
function read(text: string | Uint8Array, options: CsvRowsOptions = {}, cuts = [Infinity]): Read {
  const bytes = typeof text === 'string' ? encoder.encode(text) : text;
  const sink = new CollectingSink(ActivityVocabulary.hhar, 77);
  const parser = new CsvRows({ sensor: 'accelerometer' as Sensor, ...options });
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

/** Padding rows, so that the rows in front of them are not the last, which are read with more care. */
const manyTimes = (row: string, times: number) => Array.from({ length: times }, () => row);

describe('CsvRows', () => {
  it('reads a row of HHAR exactly', () => {
    const { batch } = read([HEADER, ...manyTimes(ROW, 20)].join('\n'));
    expect(batch.rows).toBe(20);
    expect(batch.streams).toEqual([
      { user: 'a', device: 'nexus4_1', model: 'nexus4', sensor: 'accelerometer' },
    ]);
    for (const i of [0, 19]) {
      expect([batch.creationMs[i], batch.creationSubNs[i], batch.arrivalMs[i]]).toEqual([
        1424696631913, 248572, 1424696633908,
      ]);
      expect([batch.x[i], batch.y[i], batch.z[i]]).toEqual([-5.958191, 0.6880646, 8.135345]);
      expect(batch.labels[batch.label[i] - 1]).toBe('stand');
    }
  });

  it('reads the columns in any order, with a sensor of each row, tabs, CRLF, a byte order mark and blank lines', () => {
    const header = 'gt\tSensor\tz\ty\tx\tDevice\tUser\tCreation_Time';
    const row = 'walk\tgyroscope\t3\t2\t1\tgear_1\tb\t27920678471000';
    const text = `\ufeff\r\n${header}\r\n\r\n${manyTimes(row, 9).join('\r\n')}\r\n\r\n`;
    const { batch, rejected } = read(text, { sensor: undefined });
    expect(rejected).toEqual([]);
    expect(batch.rows).toBe(9);
    expect(batch.streams).toEqual([{ user: 'b', device: 'gear_1', model: 'unknown', sensor: 'gyroscope' }]);
    expect([batch.x[0], batch.y[0], batch.z[0], batch.arrivalMs[0]]).toEqual([1, 2, 3, 77]);
    expect([batch.creationMs[0], batch.creationSubNs[0]]).toEqual([27920678, 471000]);
  });

  it('reads quoted fields, and quotes in an id', () => {
    const row = '0,1,2,1,2,3,"a ""b"", c",nexus4,"nexus4_1",""';
    const { batch } = read([HEADER, ...manyTimes(row, 9)].join('\n'));
    expect(batch.rows).toBe(9);
    expect(batch.streams[0].user).toBe('a "b", c');
    expect(batch.label[0]).toBe(0);
  });

  it('reads times that a spreadsheet rounded, and columns named by the caller', () => {
    const row = '0,1424696633908,1.42469663191325E+018,-5.958191,0.6880646,8.135345,a,nexus4,nexus4_1,stand';
    const { batch } = read(manyTimes(row, 3).join('\n'), { columns: HEADER.split(',') });
    expect([batch.rows, batch.creationMs[2], batch.creationSubNs[2]]).toEqual([3, 1424696631913, 250000]);
  });

  it('lets a header win over the columns named by the caller', () => {
    expect(read([HEADER, ROW].join('\n'), { columns: HEADER.split(',') }).batch.rows).toBe(1);
  });

  it('shows the first line when it is data, for nobody has named the columns', () => {
    expect(() => read(ROW)).toThrow(MissingHeaderError);
    expect(() => read(ROW)).toThrow(`the first line is no header: ${JSON.stringify(ROW.slice(0, 64))}`);
  });

  it('names what a header lacks or has twice', () => {
    expect(() => read('Index,Creation_Time,x,y,User\n')).toThrow(
      new HeaderColumnsError('the header lacks z, Device'),
    );
    expect(() => read(`${HEADER},x\n`)).toThrow(new HeaderColumnsError('the header has x twice'));
    expect(() => new CsvRows({ columns: ['x'] })).toThrow(HeaderColumnsError);
  });

  it('refuses bad lines one by one and counts rows without header and blank lines', () => {
    const bad = ROW.replace('8.135345', 'NaN');
    const { batch, rejected } = read([HEADER, ROW, '', bad, ROW, '1,2,3', `${ROW},x`, ROW, ''].join('\n'));
    expect(batch.rows).toBe(3);
    expect(rejected).toMatchObject([
      { row: 2, code: 'non_finite', text: bad },
      { row: 4, code: 'malformed', message: 'the line has 3 fields where the header has 10' },
      { row: 5, code: 'malformed', message: 'the line has 11 fields where the header has 10' },
    ]);
  });

  it('refuses a line that is longer than 64 KiB and reads on behind it, however it arrives', () => {
    const long = `${ROW},${'x'.repeat(70_000)}`;
    const text = [HEADER, long, ROW].join('\n');
    for (const cuts of [[Infinity], [1000], [66_000]]) {
      const { batch, rejected } = read(text, {}, cuts);
      expect(batch.rows).toBe(1);
      expect(rejected).toMatchObject([{ row: 1, message: 'the line is longer than 65536 bytes' }]);
      expect(rejected[0].text).toBe(long.slice(0, 1024));
    }
  });

  it('refuses a line that is not UTF-8', () => {
    const bytes = encoder.encode([HEADER, ROW, ROW, ROW].join('\n'));
    bytes[HEADER.length + 1 + ROW.indexOf('nexus4_1')] = 0xff;
    const { batch, rejected } = read(bytes);
    expect([batch.rows, batch.streams.length]).toEqual([2, 1]);
    expect(rejected).toMatchObject([{ row: 1, code: 'malformed', message: 'the line is not UTF-8' }]);
  });

  it('reads on after the builder has been emptied between calls', () => {
    const sink = new CollectingSink(ActivityVocabulary.hhar, 77);
    const parser = new CsvRows({ sensor: 'accelerometer' });
    parser.parse(encoder.encode(`${HEADER}\n${manyTimes(ROW, 5).join('\n')}\n`), sink, { last: false });
    sink.builder.take();
    parser.parse(encoder.encode(`${manyTimes(ROW.replace('nexus4_1', 'nexus4_2'), 5).join('\n')}\n`), sink, {
      last: true,
    });
    const batch = sink.builder.take();
    expect(batch.streams.map((stream) => stream.device)).toEqual(['nexus4_2']);
    expect([batch.stream[0], batch.labels[batch.label[4] - 1], parser.rows]).toEqual([0, 'stand', 10]);
  });

  const field = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom('a', 'b', 'nexus4_1', 'walk', 'sit', 'null', '', '"', '"q"', 'é', ' '),
    },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        '1',
        '-0.5',
        '3.356934E-4',
        '1424696631913248572',
        '1e999',
        'NaN',
        '1.42E+018',
      ),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
  );
  const goodRow = fc
    .tuple(
      fc.nat(99),
      fc.nat(2_000_000_000),
      fc.bigInt({ min: 0n, max: 9_223_372_036_854_775_807n }),
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.constantFrom('a', 'b', 'ü'),
      fc.constantFrom('nexus4', 's3'),
      fc.constantFrom('d1', 'd2', 'd3'),
      fc.constantFrom('walk', 'sit', 'null', ''),
    )
    .map((fields) => fields.join(','));
  const line = fc.oneof(
    { weight: 6, arbitrary: goodRow },
    {
      weight: 2,
      arbitrary: fc.array(field, { minLength: 10, maxLength: 10 }).map((fields) => fields.join(',')),
    },
    { weight: 1, arbitrary: fc.array(field, { maxLength: 12 }).map((fields) => fields.join(',')) },
  );
  const lines = fc
    .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'))
    .map(([all, end]) => [HEADER, ...all].join(end));

  it('reads the same however the bytes are cut into calls', () => {
    fc.assert(
      fc.property(
        lines,
        fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 8 }),
        (text, cuts) => {
          expect(read(text, {}, cuts)).toEqual(read(text));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('reads plain rows the same as rows in quotes, which take the careful path', () => {
    fc.assert(
      fc.property(fc.array(goodRow, { maxLength: 8 }), (rows) => {
        const quoted = rows.map((row) =>
          row
            .split(',')
            .map((text, i) => (i === 0 ? `"${text}"` : text))
            .join(','),
        );
        expect(read([HEADER, ...rows, ''].join('\n'))).toEqual(read([HEADER, ...quoted, ''].join('\n')));
      }),
      { numRuns: 400 },
    );
  });

  it('throws nothing but its own errors on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, withHeader) => {
        const head = encoder.encode(withHeader ? `${HEADER}\n` : '');
        const all = new Uint8Array(head.length + bytes.length);
        all.set(head);
        all.set(bytes, head.length);
        try {
          read(all);
        } catch (error) {
          expect(error instanceof MissingHeaderError || error instanceof HeaderColumnsError).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
