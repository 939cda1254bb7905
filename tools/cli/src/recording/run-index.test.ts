import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvRunScanner } from './csv-run-scanner.js';
import { JsonRunScanner } from './json-run-scanner.js';
import { indexOfLineFeed } from './line-feed.js';
import { indexRuns, type RunIndex, type RunScanner } from './run-index.js';

const UTF8 = new TextEncoder();

/** Hands text out in pieces of so many bytes. */
async function index(text: string, scanner: RunScanner, piece = 7, bodyStart = 0): Promise<RunIndex> {
  const bytes = UTF8.encode(text);
  let at = 0;
  const source = {
    bytesRead: 0,
    read: (buffer: Uint8Array, offset: number) => {
      const part = bytes.subarray(at, at + Math.min(piece, buffer.length - offset));
      buffer.set(part, offset);
      at += part.length;
      return Promise.resolve(part.length);
    },
    close: () => Promise.resolve(),
  };
  return indexRuns(source, bodyStart, scanner);
}

/** The obvious version: each line split and its key compared with the one before. */
function naive(
  text: string,
  keyOf: (line: string) => string | null,
): { key: string; rows: number; from: number }[] {
  const runs: { key: string; rows: number; from: number }[] = [];
  let before = 0;
  let at = 0;
  for (const line of text.split('\n')) {
    if (line.trim() !== '') {
      const key = keyOf(line);
      if (key !== null && key !== runs.at(-1)?.key) {
        runs.push({ key, rows: runs.length === 0 ? before : 0, from: runs.length === 0 ? 0 : at });
      }
      const last = runs.at(-1);
      if (last === undefined) before++;
      else last.rows++;
    }
    at += UTF8.encode(line).length + 1;
  }
  return runs;
}

const summary = ({ runs }: RunIndex) => runs.map(({ key, rows, from }) => ({ key, rows, from }));

const name = fc.constantFrom('a', 'b', 'ab', 'ä', 'nexus4_1');
const device = fc.tuple(name, name);
const sorted = fc.array(fc.tuple(device, fc.array(fc.tuple(fc.nat(99_999), fc.constantFrom('sit', 'null')))));

describe('the runs of a file', () => {
  it('of CSV are those of a plain look at each line, wherever its two columns stand', async () => {
    const layouts = [
      ['x', 'User', 'Device', 'gt'],
      ['User', 'x', 'Device', 'gt'],
      ['Device', 'gt', 'User', 'x'],
      ['x', 'gt', 'Device', 'User'],
    ];
    await fc.assert(
      fc.asyncProperty(
        sorted,
        fc.constantFrom(...layouts),
        fc.constantFrom('\n', '\r\n'),
        async (groups, columns, end) => {
          const lines = groups.flatMap(([[User, Device], rows]) =>
            rows.map(
              ([x, gt]) => columns.map((column) => ({ User, Device, x, gt })[column as 'x']).join(',') + end,
            ),
          );
          const text = lines.join('');
          const expected = naive(text, (line) => {
            const fields = line.trimEnd().split(',');
            return `${fields[columns.indexOf('User')]}\u0000${fields[columns.indexOf('Device')]}`;
          });
          expect(summary(await index(text, new CsvRunScanner(columns, ',')))).toEqual(expected);
        },
      ),
    );
  });

  it('of JSON lines are those of a plain look at each line', async () => {
    await fc.assert(
      fc.asyncProperty(sorted, fc.boolean(), async (groups, spaced) => {
        const lines = groups.flatMap(([[User, Device], rows]) =>
          rows.map(([x, gt], i) =>
            JSON.stringify({ x, Device, gt, User }, null, spaced && i % 3 === 0 ? ' ' : ''),
          ),
        );
        const text = lines.map((line) => line.replaceAll('\n', ' ')).join('\n');
        const expected = naive(text, (line) => {
          const { User, Device } = JSON.parse(line) as { User: string; Device: string };
          return `${User}\u0000${Device}`;
        });
        expect(summary(await index(text, new JsonRunScanner()))).toEqual(expected);
      }),
    );
  });

  it('count blank lines to none, and lines without a device to the run that they stand in', async () => {
    const columns = ['x', 'User', 'Device'];
    const { runs } = await index(
      '1,a,d\n\n2,a,d\nbroken\r\n3,a,d\n4,b,d\n\n',
      new CsvRunScanner(columns, ','),
    );
    expect(runs.map(({ key, rows, firstRow }) => [key, firstRow, rows])).toEqual([
      ['a\u0000d', 0, 4],
      ['b\u0000d', 4, 1],
    ]);
  });

  it('are not fooled by a longer name that ends alike', async () => {
    const { runs } = await index('1,a,d\n2,ba,d\n3,a,d\n', new CsvRunScanner(['x', 'User', 'Device'], ','));
    expect(runs.map(({ key }) => key)).toEqual(['a\u0000d', 'ba\u0000d', 'a\u0000d']);
    const first = await index('a,d\nba,d\na,d\n', new CsvRunScanner(['User', 'Device'], ','));
    expect(first.runs.map(({ key }) => key)).toEqual(['a\u0000d', 'ba\u0000d', 'a\u0000d']);
  });
});

describe('indexOfLineFeed', () => {
  it('is what indexOf finds', () => {
    const byte = fc.constantFrom(10, 9, 11, 0x8a, 0, 255, 65);
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 40 }), fc.nat(10), (list, start) => {
        const bytes = Uint8Array.from(list);
        const found = bytes.indexOf(10, start);
        const end = Math.max(start, bytes.length);
        expect(indexOfLineFeed(bytes, new DataView(bytes.buffer), start, end)).toBe(found < 0 ? end : found);
      }),
    );
  });
});
