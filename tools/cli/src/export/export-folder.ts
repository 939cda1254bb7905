import type { ReportColumn, ReportValue } from '@hark/contracts';
import { FolderStore, filesOf, packFolder } from '@hark/streaming/files';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../terminal/failures.js';

/** What a folder of an export holds: it goes on with the same alone. */
export interface ExportKind {
  readonly what: string;
  readonly format: 'parquet' | 'jsonl';
  readonly partitionBy: readonly string[];
  /** Of the log that it is read from; null where it is not. */
  readonly epoch?: string;
}

/** Readers of Parquet folders pass names with this first letter over. */
const MANIFEST = '_hark-export.json';
const PIECE = /^batch=(\d{12})-(\d{12})$/;

/** The folder that an export writes into: a folder for each piece, named for the positions that it reaches over. */
export class ExportFolder {
  private readonly store: FolderStore;
  /** Pieces that stand. */
  pieces = 0;
  private next = 0;

  private constructor(
    private readonly path: string,
    private kind: ExportKind,
  ) {
    this.store = new FolderStore(path);
  }

  /** @throws UsageError when the folder holds another export, or something else. */
  static async open(path: string, kind: ExportKind): Promise<ExportFolder> {
    mkdirSync(path, { recursive: true });
    const folder = new ExportFolder(path, kind);
    const manifest = join(path, MANIFEST);
    if (existsSync(manifest)) {
      const stored = JSON.parse(readFileSync(manifest, 'utf8')) as ExportKind;
      const { epoch, ...rest } = stored;
      if (JSON.stringify(rest) !== JSON.stringify(kind))
        throw new UsageError(`${path} holds another export (${describe(stored)}); give another folder`);
      folder.kind = { ...kind, ...(epoch !== undefined && { epoch }) };
    } else {
      if (readdirSync(path).length > 0) throw new UsageError(`${path} is not empty, and holds no export`);
      folder.remember();
    }
    await folder.store.clean();
    for (const name of readdirSync(path)) {
      const match = PIECE.exec(name);
      if (match === null) continue;
      folder.pieces++;
      folder.next = Math.max(folder.next, Number(match[2]));
    }
    return folder;
  }

  /** Where the next piece begins. */
  get position(): number {
    return this.next;
  }

  /** @throws UsageError when what stands was read from another log. */
  requireEpoch(epoch: string): void {
    if (this.kind.epoch === epoch) return;
    if (this.kind.epoch !== undefined)
      throw new UsageError(`${this.path} holds an export of another log; give another folder`);
    this.kind = { ...this.kind, epoch };
    this.remember();
  }

  /** Adds a piece that reaches up to `to`, excluded; it stands when this resolves. */
  async add(
    to: number,
    schema: readonly ReportColumn[],
    rows: readonly (readonly ReportValue[])[],
  ): Promise<void> {
    const { format, partitionBy } = this.kind;
    const type = format === 'parquet' ? 'parquet' : 'file';
    const files = filesOf({ schema, rows }, { type, partitionBy });
    await this.store.write(`batch=${twelve(this.next)}-${twelve(to)}`, packFolder(files));
    this.next = to;
    this.pieces++;
  }

  private remember(): void {
    const manifest = join(this.path, MANIFEST);
    writeFileSync(`${manifest}.tmp`, JSON.stringify(this.kind), { flush: true });
    renameSync(`${manifest}.tmp`, manifest);
  }
}

function twelve(position: number): string {
  return String(position).padStart(12, '0');
}

function describe({ what, format, partitionBy }: ExportKind): string {
  return `${what} as ${format} by ${partitionBy.join(', ') || 'nothing'}`;
}
