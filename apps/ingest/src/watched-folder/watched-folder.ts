import type { Sensor } from '@hark/contracts';
import { LogFullError, type LogWriter, type RunnerOptions } from '@hark/streaming';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { FrontDoor } from '../front-door/front-door.js';
import { readSampleBody, type SampleFormat } from '../front-door/sample-body.js';
import { NotPlainFileError } from '../open-plain-file.js';
import { filePieces } from './file-pieces.js';
import { decodeFolderState, encodeFolderState, type FolderState } from './folder-state.js';

/** Name of the folder's state in the log, and of the one who numbers its batches. */
const NAME = 'watched-folder';
const LOOK_EVERY_MS = 1000;
const RETRY_MS = 1000;
const PIECE_BYTES = 1 << 20;

const FORMATS: readonly (readonly [end: RegExp, format: SampleFormat])[] = [
  [/\.(csv|tsv)(\.gz)?$/i, 'csv'],
  [/\.(json|jsonl|ndjson)(\.gz)?$/i, 'json'],
];

export interface WatchedFolderOptions {
  readonly folder: string;
  /** Files that one look takes at most. */
  readonly maxFiles: number;
  /** After so long without a file the windows of its devices are closed; wall clock. */
  readonly idleTimeoutMs: number;
  readonly frontDoor: FrontDoor;
  /** Of ingest. */
  readonly writer: LogWriter;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly now: () => number;
  readonly sleep: RunnerOptions['sleep'];
}

/**
 * A folder in which files appear whole (written elsewhere and moved there): each is read once, by name, the oldest
 * first, as if it had been posted. Its batches are numbered, so a crash in the middle loses and doubles nothing. Hidden
 * files, and those that are neither CSV nor JSON, are passed over.
 */
export class WatchedFolder {
  private readonly read: Set<string>;
  private current: FolderState['current'];
  private lastMs: number | null = null;

  private constructor(
    private readonly options: WatchedFolderOptions,
    state: FolderState,
  ) {
    this.read = new Set(state.read);
    this.current = state.current;
  }

  /** @throws StateFormatError when the state in the log is of another version. */
  static async open(options: WatchedFolderOptions): Promise<WatchedFolder> {
    const { snapshot } = await options.writer.runnerState(NAME);
    const state = snapshot === null ? { read: [], current: null } : decodeFolderState(snapshot.state);
    return new WatchedFolder(options, state);
  }

  /** Looks into the folder once a second until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const files = await this.waiting();
        for (const name of files) {
          if (signal.aborted) return;
          await this.take(name, signal);
        }
        if (files.length === 0) {
          await this.closeWhenIdle();
          await this.options.sleep(LOOK_EVERY_MS, signal);
        }
      } catch (error) {
        if (!(error instanceof LogFullError) && (error as { code?: string }).code !== 'ENOENT') throw error;
        this.options.logger.warn({ err: error }, 'the watched folder could not be read; trying again');
        await this.options.sleep(RETRY_MS, signal);
      }
    }
  }

  status(): { readonly folder: string; readonly read: number; readonly reading: string | null } {
    return { folder: this.options.folder, read: this.read.size, reading: this.current?.name ?? null };
  }

  /** Files that were not read, the oldest first; the one that was begun before all others. */
  private async waiting(): Promise<string[]> {
    const { folder, maxFiles } = this.options;
    const found: { name: string; mtimeMs: number }[] = [];
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const { name } = entry;
      if (!entry.isFile() || name.startsWith('.') || name.startsWith('_')) continue;
      if (this.read.has(name) || formatOf(name) === null) continue;
      found.push({ name, mtimeMs: (await stat(join(folder, name))).mtimeMs });
    }
    found.sort((a, b) => a.mtimeMs - b.mtimeMs || (a.name < b.name ? -1 : 1));
    const names = found.map(({ name }) => name);
    const begun = this.current?.name;
    const ordered = begun === undefined ? names : [begun, ...names.filter((name) => name !== begun)];
    return ordered.slice(0, maxFiles);
  }

  private async take(name: string, signal: AbortSignal): Promise<void> {
    const { folder, frontDoor, logger, now } = this.options;
    const format = formatOf(name);
    if (format === null) return;
    if (this.current?.name !== name) {
      const { sequence } = frontDoor.producer(NAME);
      await this.remember({ name, firstSequence: sequence + 1 });
    }
    let sequence = this.current?.firstSequence ?? 1;
    let columns: string[] | undefined;
    let rows = 0;
    let rejected = 0;
    for await (const piece of this.pieces(join(folder, name))) {
      if (signal.aborted) return;
      const receivedMs = now();
      const options = { sensor: sensorOf(name), columns, activities: frontDoor.activities, receivedMs };
      let body;
      try {
        body = await readSampleBody(piece, format, options);
      } catch (error) {
        logger.warn({ err: error, file: name }, 'a file of the watched folder can not be read; passed over');
        break;
      }
      columns ??= format === 'csv' ? headerOf(piece) : undefined;
      rows += body.batch.rows;
      rejected += body.rejected;
      if (body.batch.rows + body.rejected === 0) continue;
      const numbering = { producer: NAME, sequence: sequence++, end: false };
      await this.accept({ ...body, source: `file:${name}`, receivedMs, numbering }, signal);
    }
    this.read.add(name);
    this.lastMs = now();
    await this.remember(null);
    logger.info({ file: name, rows, rejected }, 'a file of the watched folder has been read');
  }

  /** Nothing of what is no plain file: it has taken the place of one that was. */
  private async *pieces(path: string): AsyncGenerator<Uint8Array> {
    try {
      yield* filePieces(path, PIECE_BYTES);
    } catch (error) {
      if (!(error instanceof NotPlainFileError)) throw error;
      this.options.logger.warn({ err: error }, 'a file of the watched folder is passed over');
    }
  }

  private async accept(submission: Parameters<FrontDoor['accept']>[0], signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await this.options.frontDoor.accept(submission);
        return;
      } catch (error) {
        if (!(error instanceof LogFullError) || signal.aborted) throw error;
        await this.options.sleep(RETRY_MS, signal);
      }
    }
  }

  /** Closes the windows of the devices whose rows have come, once nothing has for a while. */
  private async closeWhenIdle(): Promise<void> {
    const { frontDoor, now, idleTimeoutMs } = this.options;
    const { sequence, finished } = frontDoor.producer(NAME);
    this.lastMs ??= now();
    if (sequence === 0 || finished || now() - this.lastMs < idleTimeoutMs) return;
    const numbering = { producer: NAME, sequence: null, end: true };
    const body = await readSampleBody(new Uint8Array(0), 'json', {
      ...{ sensor: undefined, columns: undefined, activities: frontDoor.activities, receivedMs: now() },
    });
    await frontDoor.accept({ ...body, source: 'file', receivedMs: now(), numbering });
  }

  private async remember(current: FolderState['current']): Promise<void> {
    const snapshot = encodeFolderState({ read: [...this.read], current });
    await this.options.writer.commit({ appends: [], step: { runner: NAME, inputs: [] }, snapshot });
    this.current = current;
  }
}

function formatOf(name: string): SampleFormat | null {
  return FORMATS.find(([end]) => end.test(name))?.[1] ?? null;
}

function sensorOf(name: string): Sensor | undefined {
  return (['accelerometer', 'gyroscope'] as const).find((sensor) => name.toLowerCase().includes(sensor));
}

function headerOf(piece: Uint8Array): string[] {
  const text = new TextDecoder().decode(piece.subarray(0, piece.indexOf(0x0a) >>> 0)).trim();
  return text
    .replace(/^\uFEFF/, '')
    .split(text.includes('\t') ? '\t' : ',')
    .map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
}
