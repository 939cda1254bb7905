import type { FilesSource as FilesSpec } from '@hark/contracts';
import { parquetBytes } from '@hark/streaming/files';
import { recordedRows, rowsOf, type Row } from '@hark/streaming/queries';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FilesSource, type FilesState } from './files-source.js';

const columns = [
  { name: 'text', type: 'string' },
  { name: 'n', type: 'long' },
] as const;

let folder: string;
let nowMs = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hark-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** @param age the greater, the earlier it is read. */
function put(name: string, content: string | Uint8Array, age = 0): void {
  writeFileSync(join(folder, name), content);
  utimesSync(join(folder, name), 1e9 - age, 1e9 - age);
}

const source = (state: object | null = null, spec: Partial<FilesSpec['files']> = {}, maxFiles = Infinity) =>
  new FilesSource(
    { path: '', format: 'json', columns, ...spec },
    { folder, maxFiles, now: () => nowMs },
    state as FilesState | null,
  );

/** The rows that one trigger takes, and the state after each of its pieces. */
async function triggered(of: FilesSource): Promise<{ rows: Row[]; states: object[] }> {
  const rows: Row[] = [];
  const states: object[] = [];
  await of.begin();
  for (let piece = await of.next(); piece !== null; piece = await of.next()) {
    rows.push(...rowsOf(recordedRows(columns).rows(piece)!));
    // What is stored is JSON.
    states.push(JSON.parse(JSON.stringify(piece.state)) as object);
  }
  return { rows, states };
}

const numbers = ({ rows }: { rows: readonly Row[] }) => rows.map(([, n]) => n);

describe('files as a source', () => {
  it('are read once each, the oldest first, and hidden ones not at all', async () => {
    put('b', '{"n":2}\n{"n":3}', 1);
    put('a', '{"n":4}\n\n');
    put('c', '{"n":1}\r\n', 2);
    put('.hidden', '{"n":9}');
    put('_SUCCESS', '');
    const files = source();
    expect(numbers(await triggered(files))).toEqual([1, 2, 3, 4]);
    put('d', '{"n":5}');
    expect(numbers(await triggered(files))).toEqual([5]);
    expect(numbers(await triggered(files))).toEqual([]);
  });

  it('are taken so many at a time', async () => {
    for (const n of [1, 2, 3]) put(String(n), `{"n":${n}}`);
    const files = source(null, {}, 2);
    expect(numbers(await triggered(files))).toEqual([1, 2]);
    expect(numbers(await triggered(files))).toEqual([3]);
  });

  it('waits where there is no folder yet, and does not look again at once', async () => {
    const files = source();
    rmSync(folder, { recursive: true });
    expect(files.isReady).toBe(true);
    expect(numbers(await triggered(files))).toEqual([]);
    mkdirSync(folder);
    put('a', '{"n":1}');
    expect(files.isReady).toBe(false);
    nowMs += 200;
    expect(files.isReady).toBe(true);
    expect(numbers(await triggered(files))).toEqual([1]);
    expect(files.isReady).toBe(true);
  });

  it.each(['json', 'csv', 'parquet'] as const)(
    'of %s give the same rows, whichever piece the process dies behind',
    async (format) => {
      const rows = Array.from({ length: 12_000 }, (_, i) => [`row ${i}, ${'ä'.repeat(60)}`, i] as const);
      const lines = rows.map(([text, n]) =>
        format === 'csv' ? `"${text}",${n},x\n` : `${JSON.stringify({ n, text })}\n`,
      );
      const header = format === 'csv' ? '\uFEFFtext,n,more\n' : '';
      const schema = columns.map((column) => ({ ...column, key: false }));
      const content = format === 'parquet' ? parquetBytes(schema, rows) : header + lines.join('');
      put('large', content, 1);
      put('small', format === 'parquet' ? parquetBytes(schema, [['s', -1]]) : `${header}${lines[0]}`);
      const whole = await triggered(source(null, { format }));
      expect(whole.rows.slice(0, -1)).toEqual(rows);
      expect(whole.rows).toHaveLength(12_001);
      expect(whole.states.length).toBeGreaterThan(1);
      let left = 12_001;
      for (const state of whole.states) {
        const rest = await triggered(source(state, { format }));
        expect(rest.rows).toEqual(whole.rows.slice(whole.rows.length - rest.rows.length));
        expect(rest.rows.length).toBeLessThan(left);
        left = rest.rows.length;
      }
      expect(left).toBe(0);
    },
  );

  it.each(['json', 'csv', 'parquet'] as const)(
    'of %s are no links, also where one takes the place of a file',
    async (format) => {
      const outside = mkdtempSync(join(tmpdir(), 'hark-outside-'));
      try {
        const theirs =
          format === 'parquet'
            ? parquetBytes(
                columns.map((each) => ({ ...each, key: false })),
                [['x', 9]],
              )
            : format === 'csv'
              ? 'text,n\nx,9\n'
              : '{"n":9}\n';
        writeFileSync(join(outside, 'theirs'), theirs);
        symlinkSync(join(outside, 'theirs'), join(folder, 'link'));
        const files = source(null, { format });
        expect(numbers(await triggered(files))).toEqual([]);
        put('a', theirs);
        await files.begin();
        rmSync(join(folder, 'a'));
        symlinkSync(join(outside, 'theirs'), join(folder, 'a'));
        expect(rowsOf(recordedRows(columns).rows((await files.next())!)!)).toEqual([]);
      } finally {
        rmSync(outside, { recursive: true });
      }
    },
  );

  it('reads a line whole that is longer than a piece', async () => {
    put('long', `{"n":1,"text":"${'x'.repeat(3_000_000)}"}\n{"n":2}\n`);
    const { rows } = await triggered(source());
    expect(rows.map(([text, n]) => [text === null ? 0 : String(text).length, n])).toEqual([
      [3_000_000, 1],
      [0, 2],
    ]);
  });

  it('forgets the names of files that were taken away', async () => {
    put('a', '{"n":1}');
    const files = source();
    await triggered(files);
    rmSync(join(folder, 'a'));
    put('b', '{"n":2}');
    expect((await triggered(files)).states).toEqual([{ read: ['b'], current: null }]);
  });
});
