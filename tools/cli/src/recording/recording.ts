import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { SampleBatchBuilder, type SampleBatch } from '@hark/contracts';
import { FileRanges, openBytes } from './byte-source.js';
import { CsvRunScanner } from './csv-run-scanner.js';
import { JsonRunScanner } from './json-run-scanner.js';
import { Lane, type RejectedRow } from './lane.js';
import { planMerge, type LanePlan, type MergeGroup } from './merge-plan.js';
import { replaceExports } from './phone-export.js';
import {
  RecordingFileError,
  findRecordings,
  type RecordingFile,
  type RecordingOptions,
} from './recording-file.js';
import { indexRuns } from './run-index.js';

/** Rows of a batch. Fixed, so that the same files always become the same records. */
export const BATCH_ROWS = 16_384;

/** How far reading has come. */
export interface RecordingProgress {
  readonly bytesRead: number;
  readonly totalBytes: number;
}

/**
 * Recorded files as one sequence of batches, larger than memory. The same files in any order on the command line
 * give the same batches; see {@link planMerge} for how the files of two sensors are woven together.
 */
export class Recording {
  /** Refused rows so far. */
  rejected = 0;
  rows = 0;
  private done = 0;
  private lanes: Lane[] = [];
  private temporary: string | null = null;
  private readonly unpackedBytes = new Map<number, number>();
  private readonly handles = new Map<number, FileHandle>();

  private constructor(
    readonly files: readonly RecordingFile[],
    private readonly onRejected: (row: RejectedRow) => void,
  ) {}

  /** @throws RecordingFileError when a path leads nowhere or a file is no recording. */
  static async open(
    paths: readonly string[],
    options: RecordingOptions = {},
    onRejected: (row: RejectedRow) => void = () => {},
  ): Promise<Recording> {
    return new Recording(await findRecordings(await replaceExports(paths), options), onRejected);
  }

  /** Hash of the files' contents and of how they are read: the same for the same recording, wherever it stands. */
  get identity(): string {
    const hash = createHash('sha256').update(`${BATCH_ROWS}\n`);
    for (const { identity, sensor, columns } of this.files) {
      hash.update(`${identity} ${sensor ?? ''} ${columns?.join(',') ?? ''}\n`);
    }
    return hash.digest('hex').slice(0, 32);
  }

  get progress(): RecordingProgress {
    return {
      bytesRead: this.lanes.reduce((sum, lane) => sum + lane.bytesRead, this.done),
      totalBytes: this.files.reduce((sum, file, i) => sum + (this.unpackedBytes.get(i) ?? file.bytes), 0),
    };
  }

  /**
   * The batches, all but the last with {@link BATCH_ROWS} rows, each valid until the next is asked for. Can be taken
   * once; cleans up when left early.
   */
  async *batches(): AsyncGenerator<SampleBatch, void, void> {
    const target = new SampleBatchBuilder(BATCH_ROWS);
    try {
      for (const group of await this.plan()) {
        this.lanes = await Promise.all(group.map((lane) => this.openLane(lane)));
        yield* this.merge(this.lanes, target);
        this.done += this.lanes.reduce((sum, lane) => sum + lane.bytesRead, 0);
        await this.closeLanes();
      }
      if (target.rows > 0) yield this.filled(target);
    } finally {
      await this.close();
    }
  }

  private filled(target: SampleBatchBuilder): SampleBatch {
    this.rows += target.rows;
    return target.view();
  }

  /** Always the row that arrived first, the file first in order among equals. */
  private async *merge(
    lanes: readonly Lane[],
    target: SampleBatchBuilder,
  ): AsyncGenerator<SampleBatch, void, void> {
    let open: Lane[] = [];
    for (const lane of lanes) if (await lane.ready()) open.push(lane);
    while (open.length > 0) {
      let first = 0;
      for (let i = 1; i < open.length; i++) if (open[i].arrivalMs < open[first].arrivalMs) first = i;
      let limit = Infinity;
      let inclusive = true;
      for (let i = 0; i < open.length; i++) {
        if (i === first || open[i].arrivalMs >= limit) continue;
        limit = open[i].arrivalMs;
        inclusive = first < i;
      }
      const lane = open[first];
      lane.move(target, limit, inclusive, BATCH_ROWS - target.rows);
      if (target.rows === BATCH_ROWS) {
        yield this.filled(target);
        target.clear();
        for (const each of open) each.beginBatch();
      }
      if (!lane.atHand && !(await lane.ready())) open = open.filter((each) => each !== lane);
    }
  }

  private async plan(): Promise<readonly MergeGroup[]> {
    if (this.files.length === 1) return [[{ file: 0, runs: 'all' }]];
    const indexes = [];
    for (let i = 0; i < this.files.length; i++) indexes.push(await this.index(i));
    return planMerge(indexes);
  }

  private async index(index: number) {
    const file = this.files[index];
    if (file.format === 'json-array') return null;
    const source = new FileRanges(await this.plainHandle(index), [{ from: 0, to: Infinity }]);
    const scanner =
      file.format === 'csv' ? new CsvRunScanner(file.columns ?? [], file.delimiter) : new JsonRunScanner();
    return indexRuns(source, file.bodyStart, scanner);
  }

  private async openLane({ file, runs }: LanePlan): Promise<Lane> {
    const recording = this.files[file];
    if (runs === 'all' && !this.handles.has(file)) {
      const source = await openBytes(recording.path, recording.compressed);
      return new Lane(recording, source, null, this.reject);
    }
    const ranges = runs === 'all' ? [{ from: 0, to: Infinity }] : runs;
    const source = new FileRanges(await this.plainHandle(file), ranges);
    return new Lane(recording, source, runs === 'all' ? null : runs, this.reject);
  }

  private readonly reject = (row: RejectedRow): void => {
    this.rejected++;
    this.onRejected(row);
  };

  /** An open file of plain text: a compressed one is unpacked into a temporary folder first, to be read at will. */
  private async plainHandle(index: number): Promise<FileHandle> {
    let handle = this.handles.get(index);
    if (handle === undefined) {
      const file = this.files[index];
      handle = await open(file.compressed ? await this.unpacked(file, index) : file.path);
      this.handles.set(index, handle);
    }
    return handle;
  }

  private async unpacked(file: RecordingFile, index: number): Promise<string> {
    this.temporary ??= await mkdtemp(join(tmpdir(), 'hark-unpacked-'));
    const path = join(this.temporary, String(index));
    try {
      await pipeline(createReadStream(file.path), createGunzip(), createWriteStream(path));
    } catch (error) {
      throw new RecordingFileError(`${file.path} can't be unpacked: ${(error as Error).message}`);
    }
    this.unpackedBytes.set(index, (await stat(path)).size);
    return path;
  }

  private async closeLanes(): Promise<void> {
    const lanes = this.lanes;
    this.lanes = [];
    await Promise.all(lanes.map((lane) => lane.close()));
  }

  private async close(): Promise<void> {
    await this.closeLanes();
    await Promise.all([...this.handles.values()].map((handle) => handle.close()));
    this.handles.clear();
    if (this.temporary !== null) await rm(this.temporary, { recursive: true, force: true });
    this.temporary = null;
  }
}
