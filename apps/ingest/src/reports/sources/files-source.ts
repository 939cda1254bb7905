import type { FilesSource as FilesSpec } from '@hark/contracts';
import { readTable, type Table } from '@hark/streaming/files';
import { csvCells, csvRow, encodeRecordedRows, jsonRow, typedCell, type Row } from '@hark/streaming/queries';
import { join } from 'node:path';
import { openPlainFile } from '../../open-plain-file.js';
import { folderFiles, orAbsent } from './folder-files.js';
import type { OutsidePiece, OutsideSource } from './outside-source.js';
import { textPiece } from './text-piece.js';

/** A piece ends with the file that reaches this, or within one that is larger. */
const PIECE_BYTES = 1 << 20;
const PIECE_ROWS = 10_000;
/** Names of columns in CSV. */
const MOST_HEADER_BYTES = 1 << 16;
const LOOK_EVERY_MS = 200;

export interface FilesState {
  /** Names of the files read that are still there. */
  readonly read: readonly string[];
  /** The one under way: from where on it is to be read, a byte of text or a row of Parquet. */
  readonly current: { readonly name: string; readonly from: number } | null;
}

export interface FilesSourceOptions {
  readonly folder: string;
  /** That one trigger takes. */
  readonly maxFiles: number;
  /** Wall clock, milliseconds. */
  readonly now: () => number;
}

/** Rows of a file from somewhere on. */
interface FileRows {
  readonly rows: readonly Row[];
  readonly bytes: number;
  readonly next: number | null;
}

/** A folder in which files appear whole and do not change: each is read once, by name, the oldest first. */
export class FilesSource implements OutsideSource {
  private readonly read: Set<string>;
  private current: FilesState['current'];
  private waiting: string[] = [];
  private parquet: { readonly name: string; readonly table: Table } | null = null;
  /** Wall clock of the next look. */
  private lookAtMs = -Infinity;
  waitsFor: string | null = null;

  /** @param state null = nothing was read. */
  constructor(
    private readonly spec: FilesSpec['files'],
    private readonly options: FilesSourceOptions,
    state: FilesState | null,
  ) {
    this.read = new Set(state?.read);
    this.current = state?.current ?? null;
  }

  /** A folder in which nothing was new is not looked into again at once. */
  get isReady(): boolean {
    return this.options.now() >= this.lookAtMs;
  }

  async begin(): Promise<void> {
    const { folder, maxFiles, now } = this.options;
    const begun = this.current?.name;
    const { isThere, all, fresh } = await folderFiles(
      folder,
      (name) => this.read.has(name) || name === begun,
    );
    this.waitsFor = isThere ? null : `The folder ${folder} is not there.`;
    for (const name of this.read) if (!all.has(name)) this.read.delete(name);
    this.waiting = (begun === undefined ? fresh : [begun, ...fresh]).slice(0, maxFiles);
    if (this.waiting.length === 0) this.lookAtMs = now() + LOOK_EVERY_MS;
  }

  /** @throws TableFileError where a file is no Parquet. */
  async next(): Promise<OutsidePiece | null> {
    if (this.waiting.length === 0) return null;
    const rows: Row[] = [];
    for (let bytes = 0; this.waiting.length > 0 && bytes < PIECE_BYTES;) {
      const [name] = this.waiting;
      const from = this.current?.name === name ? this.current.from : 0;
      const found = await orAbsent(this.rowsOf(name, from, PIECE_BYTES - bytes), ABSENT);
      for (const row of found.rows) rows.push(row);
      bytes += found.bytes;
      this.current = found.next === null ? null : { name, from: found.next };
      if (found.next !== null) continue;
      this.read.add(name);
      this.waiting.shift();
    }
    const state: FilesState = { read: [...this.read], current: this.current };
    return { value: encodeRecordedRows(rows), state };
  }

  private rowsOf(name: string, from: number, bytes: number): Promise<FileRows> {
    return this.spec.format === 'parquet' ? this.parquetRows(name, from) : this.textRows(name, from, bytes);
  }

  private async textRows(name: string, from: number, bytes: number): Promise<FileRows> {
    const { format, columns } = this.spec;
    const path = join(this.options.folder, name);
    const { text, next } = await textPiece(path, from, bytes);
    const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
    const isCsv = format === 'csv';
    const header = isCsv ? await headerOf(path) : [];
    if (isCsv && from === 0) lines.shift();
    const rows = lines
      .filter((line) => line.trim() !== '')
      .map((line) => (isCsv ? csvRow(line, header, columns) : jsonRow(line, columns)));
    return { rows, bytes: Buffer.byteLength(text), next };
  }

  private async parquetRows(name: string, from: number): Promise<FileRows> {
    if (this.parquet?.name !== name) {
      const file = await openPlainFile(join(this.options.folder, name));
      const bytes = await file.readFile().finally(() => file.close());
      const table = await readTable(bytes, 'parquet');
      this.parquet = { name, table };
    }
    const { columns, rows } = this.parquet.table;
    const places = this.spec.columns.map((column) => columns.findIndex((each) => each.name === column.name));
    const to = Math.min(rows.length, from + PIECE_ROWS);
    if (to === rows.length) this.parquet = null;
    return {
      rows: rows
        .slice(from, to)
        .map((row) => places.map((place, c) => typedCell(this.spec.columns[c].type, row[place]))),
      bytes: PIECE_BYTES,
      next: to === rows.length ? null : to,
    };
  }
}

const ABSENT: FileRows = { rows: [], bytes: 0, next: null };

async function headerOf(path: string): Promise<string[]> {
  const { text } = await textPiece(path, 0, MOST_HEADER_BYTES);
  const [line] = text.replace(/^\uFEFF/, '').split(/\r?\n/, 1);
  return csvCells(line).map((name) => name.trim());
}
