import {
  TOPICS,
  type ReportBatch,
  type ReportColumn,
  type ReportCreated,
  type ReportSpec,
} from '@hark/contracts';
import { DuckDBInstance } from '@duckdb/node-api';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryLog, Runner, type ArtifactStore, type LogWriter } from '../../index.js';
import { FileSink } from './file-sink.js';
import { FolderStore } from './folder-store.js';
import { packFolder } from './packed-folder.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hark-file-sink-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const SCHEMA: ReportColumn[] = [
  { name: 'at', type: 'timestamp', key: false },
  { name: 'User', type: 'string', key: false },
  { name: 'n', type: 'long', key: false },
  { name: 'x', type: 'double', key: false },
  { name: 'ok', type: 'boolean', key: false },
];

const created = (sink: ReportSpec['sink'], report = 'etl'): ReportCreated => ({
  kind: 'created',
  report,
  id: 'i',
  runner: 'r',
  spec: { name: report, from: 'samples', ...(sink !== undefined && { sink }) },
  statics: {},
  builtIn: false,
  at: '2026-01-01T00:00:00.000Z',
  command: 0,
});

const batch = (rows: ReportBatch['rows'], report = 'etl'): ReportBatch => ({
  kind: 'batch',
  report,
  runId: 'r',
  batchId: 0,
  mode: 'append',
  schema: SCHEMA,
  rows,
});

const ROWS: ReportBatch['rows'] = [
  ['2015-02-23T10:18:53.090638193Z', 'a', '9007199254740993', 0.5, true],
  ['2015-02-24T00:00:00.000000001Z', 'b/c', 2, null, null],
  ['2015-02-23T23:59:59.999999999Z', 'a', -3, -1e300, false],
];

async function logOf(...said: readonly (ReportCreated | ReportBatch)[]) {
  const log = new MemoryLog({ now: () => 0 });
  const writer = await log.writer('ingest');
  for (const each of said) await append(writer, each);
  return { log, writer };
}

async function append(writer: LogWriter, said: ReportCreated | ReportBatch): Promise<void> {
  const value = new TextEncoder().encode(JSON.stringify(said));
  const records = [{ key: said.report, value }];
  await writer.commit({ appends: [{ topic: TOPICS.reports, partition: 0, records }] });
}

async function run(log: MemoryLog, writer: LogWriter, artifacts: ArtifactStore, snapshotEveryBytes = 1e9) {
  const runner = new Runner({
    ...{ name: 'report-files', log, writer, artifacts, processor: new FileSink() },
    inputs: [{ topic: TOPICS.reports, partition: 0 }],
    ...{ maxStepBytes: 1, snapshotEveryBytes, sleep: () => Promise.resolve() },
  });
  await runner.recover();
  while (await runner.step());
}

const files = (): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name).slice(folder.length + 1))
    .sort();

async function query(sql: string): Promise<unknown[][]> {
  const connection = await (await DuckDBInstance.create()).connect();
  const rows = await (await connection.run(sql)).getRowsJson();
  connection.closeSync();
  return rows as unknown[][];
}

describe('a file sink', () => {
  it('writes a batch as JSON lines into a folder named for its record', async () => {
    const { log, writer } = await logOf(created({ type: 'file' }), batch(ROWS.slice(0, 1)));
    await run(log, writer, new FolderStore(folder));
    expect(files()).toEqual(['etl/batch=000000000001/rows.jsonl']);
    expect(readFileSync(join(folder, files()[0]), 'utf8')).toBe(
      '{"at":"2015-02-23T10:18:53.090638193Z","User":"a","n":"9007199254740993","x":0.5,"ok":true}\n',
    );
  });

  it('writes Parquet by day and user that DuckDB reads back as they were, times to the microsecond', async () => {
    const sink = { type: 'parquet', path: 'out', partitionBy: ['day', 'User'] } as const;
    const { log, writer } = await logOf(created(sink), batch(ROWS), batch([]));
    await run(log, writer, new FolderStore(folder));
    expect(files()).toEqual([
      'out/batch=000000000001/day=2015-02-23/User=a/rows.parquet',
      'out/batch=000000000001/day=2015-02-24/User=b%2Fc/rows.parquet',
    ]);
    const rows = await query(
      `select epoch_us("at"), User, n, x, ok, day::varchar from read_parquet('${folder}/out/**/*.parquet', hive_partitioning = true) order by "at"`,
    );
    expect(rows).toEqual([
      ['1424686733090638', 'a', '9007199254740993', 0.5, true, '2015-02-23'],
      ['1424735999999999', 'a', '-3', -1e300, false, '2015-02-23'],
      ['1424736000000000', 'b/c', '2', null, null, '2015-02-24'],
    ]);
  });

  it('writes each batch once though its runner dies after every write and every commit', async () => {
    const said = [
      created({ type: 'file' }),
      ...Array.from({ length: 12 }, (_, i) => batch([[null, `u${i}`, i, i, true]])),
    ];
    const { log, writer } = await logOf(...said);
    class Crash extends Error {}
    let kills = 0;
    for (let survived = 0; ; survived++) {
      const store = new FolderStore(folder);
      let left = survived % 3;
      const dying: ArtifactStore = {
        read: () => null,
        remove: (name) => store.remove(name),
        write: async (name, bytes) => {
          await store.write(name, bytes);
          if (left-- === 0) throw new Crash();
        },
      };
      try {
        await run(log, writer, dying, 300);
        break;
      } catch (error) {
        expect((error as Error).cause ?? error).toBeInstanceOf(Crash);
        kills++;
      }
    }
    expect(kills).toBeGreaterThanOrEqual(10);
    const users = files().map(
      (file) => (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { User: string }).User,
    );
    expect(users).toEqual(Array.from({ length: 12 }, (_, i) => `u${i}`));
  });

  it('passes over reports with other sinks, and those that were dropped', async () => {
    const { log, writer } = await logOf(
      created({ type: 'memory' }),
      batch(ROWS),
      created({ type: 'file' }, 'kept'),
    );
    await append(writer, { kind: 'dropped', report: 'kept', at: '', command: 1 } as never);
    await append(writer, batch(ROWS, 'kept'));
    await run(log, writer, new FolderStore(folder));
    expect(files()).toEqual([]);
  });
});

describe('a folder store', () => {
  it('shows a folder whole or not at all, and clears what was left half made', async () => {
    const store = new FolderStore(folder);
    await store.write(
      'a/b',
      packFolder([
        { path: 'x/1', bytes: Uint8Array.of(1) },
        { path: '2', bytes: Uint8Array.of(2) },
      ]),
    );
    expect(files()).toEqual(['a/b/2', 'a/b/x/1']);
    // Escapes upwards fail before anything stands.
    const beyond = join('n'.repeat(300), 'f');
    await expect(
      store.write(
        'c',
        packFolder([
          { path: '1', bytes: Uint8Array.of(1) },
          { path: beyond, bytes: Uint8Array.of(1) },
        ]),
      ),
    ).rejects.toThrow();
    expect(existsSync(join(folder, 'c'))).toBe(false);
    await store.clean();
    expect(readdirSync(folder)).toEqual(['a']);
  });
});
