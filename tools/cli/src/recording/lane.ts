import {
  ActivityVocabulary,
  SampleBatchBuilder,
  type RowErrorCode,
  type SampleBatch,
  type SampleBatchBuilder as Builder,
} from '@hark/contracts';
import { CsvRows, JsonRows, type RowSink } from '@hark/streaming';
import type { ByteSource } from './byte-source.js';
import type { RecordingFile } from './recording-file.js';

/** A row that was refused. */
export interface RejectedRow {
  /** File name. */
  readonly file: string;
  /** Row of the file, from 1, header and blank lines not counted. */
  readonly row: number;
  readonly code: RowErrorCode;
  readonly message: string;
  readonly text: string;
}

/** Says how to count: runs of the file, in order, that the lane's rows come from. */
export interface RowNumbering {
  readonly firstRow: number;
  readonly rows: number;
}

/** Stands for an absent Arrival_Time while parsing. */
const NO_ARRIVAL = -1;
const BUFFER = 1024 * 1024;
const NO_ROWS: SampleBatch = new SampleBatchBuilder(1).take();

/** The rows of one file, or of some runs of it, in their order, a piece at a time. */
export class Lane {
  private readonly parser: CsvRows | JsonRows;
  private readonly builder: Builder = new SampleBatchBuilder(4096);
  private readonly sink: RowSink;
  private buffer = new Uint8Array(BUFFER);
  private length = 0;
  private ended = false;
  private piece = NO_ROWS;
  private position = 0;
  private streams = new Int32Array(0);
  private labels = new Int32Array(0);

  /** @param numbering null when the lane is the whole file. */
  constructor(
    file: RecordingFile,
    private readonly source: ByteSource,
    numbering: readonly RowNumbering[] | null,
    onRejected: (row: RejectedRow) => void,
  ) {
    const { sensor, columns, name } = file;
    this.parser = file.format === 'csv' ? new CsvRows({ sensor, columns }) : new JsonRows({ sensor });
    this.sink = {
      builder: this.builder,
      activities: ActivityVocabulary.any,
      defaultArrivalMs: NO_ARRIVAL,
      reject: (row, code, message, text) => {
        onRejected({
          file: name,
          row: numbering === null ? row : rowOfFile(numbering, row),
          code,
          message,
          text,
        });
      },
    };
  }

  /** Whether there is a row at hand without reading on. */
  get atHand(): boolean {
    return this.position < this.piece.rows;
  }

  /** Whether there is a row at hand; reads on as needed. */
  async ready(): Promise<boolean> {
    while (this.position === this.piece.rows) {
      if (this.ended) return false;
      await this.readPiece();
    }
    return true;
  }

  /** Arrival time of the row at hand in milliseconds: its Arrival_Time, or without one its Creation_Time. */
  get arrivalMs(): number {
    return this.piece.arrivalMs[this.position];
  }

  /**
   * Moves rows at hand to `target` as long as they arrived before `limitMs` (or then, when `inclusive`), at most
   * `most` of them.
   */
  move(target: Builder, limitMs: number, inclusive: boolean, most: number): void {
    const { piece, streams, labels } = this;
    const { stream, arrivalMs, label } = piece;
    const start = this.position;
    const end = Math.min(piece.rows, start + most);
    let i = start;
    for (; i < end; i++) {
      const arrival = arrivalMs[i];
      if (arrival > limitMs || (arrival === limitMs && !inclusive)) break;
      if (streams[stream[i]] < 0) {
        const { user, device, model, sensor } = piece.streams[stream[i]];
        streams[stream[i]] = target.streamOf(user, device, model, sensor);
      }
      if (labels[label[i]] < 0) labels[label[i]] = target.labelOf(piece.labels[label[i] - 1]);
    }
    target.pushRows(piece, start, i, streams, labels);
    this.position = i;
  }

  get bytesRead(): number {
    return this.source.bytesRead;
  }

  close(): Promise<void> {
    return this.source.close();
  }

  /** To be called when `target` has begun a new batch: its dictionaries are empty again. */
  beginBatch(): void {
    this.streams = new Int32Array(this.piece.streams.length).fill(-1);
    this.labels = new Int32Array(this.piece.labels.length + 1).fill(-1);
    this.labels[0] = 0;
  }

  private async readPiece(): Promise<void> {
    if (this.length === this.buffer.length) {
      const larger = new Uint8Array(this.buffer.length * 2);
      larger.set(this.buffer);
      this.buffer = larger;
    }
    const read = await this.source.read(this.buffer, this.length);
    this.length += read;
    this.ended = read === 0;
    const bytes = this.buffer.subarray(0, this.length);
    this.builder.clear();
    const consumed = this.parser.parse(bytes, this.sink, { last: this.ended });
    this.buffer.copyWithin(0, consumed, this.length);
    this.length -= consumed;
    this.piece = this.builder.view();
    this.position = 0;
    this.beginBatch();
    const { arrivalMs, creationMs, rows } = this.piece;
    for (let i = 0; i < rows; i++) if (arrivalMs[i] === NO_ARRIVAL) arrivalMs[i] = creationMs[i];
  }
}

/** From the lane's count to the file's. */
function rowOfFile(numbering: readonly RowNumbering[], row: number): number {
  let before = 0;
  for (const { firstRow, rows } of numbering) {
    if (row <= before + rows) return firstRow + row - before;
    before += rows;
  }
  const last = numbering[numbering.length - 1];
  return last.firstRow + last.rows + row - before;
}
