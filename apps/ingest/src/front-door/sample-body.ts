import { decodeSampleBatch, encodedLength, type SampleBatch, type Sensor } from '@hark/contracts';
import { CollectingSink, ColumnarRows, CsvRows, jsonBodyKind, JsonRows, type RowSink } from '@hark/streaming';
import { setImmediate as otherWork } from 'node:timers/promises';
import { checkBinaryBatch } from './binary-batch.js';

export type SampleFormat = 'json' | 'csv' | 'protobuf';

const FORMATS: Readonly<Record<string, SampleFormat>> = {
  'application/x-ndjson': 'json',
  'application/ndjson': 'json',
  'application/jsonl': 'json',
  'application/json': 'json',
  'text/csv': 'csv',
  'text/tab-separated-values': 'csv',
  'application/x-protobuf': 'protobuf',
  'application/protobuf': 'protobuf',
};

/** How many refused rows of one body are kept in full; all are counted. */
const MAX_KEPT = 10_000;

/** Text is read in pieces of this many bytes, so that one large body does not hold up the other requests. */
const PIECE_BYTES = 64 * 1024;

/** The format that a content type names, `null` when it is none of ours or not in UTF-8. */
export function sampleFormat(contentType: string | undefined): SampleFormat | null {
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';');
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"\s]*)/.exec(parameter)?.[1])
    .find(Boolean);
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii')
    return null;
  return FORMATS[type.trim()] ?? null;
}

export interface SampleBodyOptions {
  /** Of rows that name none. */
  readonly sensor: Sensor | undefined;
  /** Of a CSV without a header. */
  readonly columns: readonly string[] | undefined;
  readonly activities: RowSink['activities'];
  /** Arrival time of rows without one, milliseconds since 1970. */
  readonly receivedMs: number;
}

/** The rows of a body: the good ones, how many were refused, and the first of those. */
export interface SampleBody {
  readonly batch: SampleBatch;
  /** The batch as it came, where it can stand in the log so. */
  readonly encoded?: Uint8Array | undefined;
  readonly rejected: number;
  readonly kept: CollectingSink['kept'];
}

/**
 * @throws MissingHeaderError, HeaderColumnsError, MalformedColumnsError, ColumnLengthError, RecordFormatError,
 * TooManyStreamsError: then no row of the body can be used.
 */
export async function readSampleBody(
  body: Uint8Array,
  format: SampleFormat,
  options: SampleBodyOptions,
): Promise<SampleBody> {
  const { sensor, columns, activities, receivedMs } = options;
  const sink = new CollectingSink(activities, receivedMs, MAX_KEPT, expectedRows(body.length));
  if (format === 'protobuf') return readBinaryBody(body, sink);
  if (format === 'csv') await readPieces(new CsvRows({ sensor, columns }), body, sink);
  else if (jsonBodyKind(body) === 'columnar') new ColumnarRows({ sensor }).parse(body, sink);
  else await readPieces(new JsonRows({ sensor }), body, sink);
  return { batch: sink.builder.take(), rejected: sink.rejected, kept: sink.kept };
}

/** A batch that keeps all rules and holds nothing else is written to the log as it came. */
function readBinaryBody(body: Uint8Array, sink: CollectingSink): SampleBody {
  const decoded = decodeSampleBatch(body);
  const named = decoded.streams.every(({ model }) => model !== '');
  const length = encodedLength(decoded);
  const { batch, unchanged } = checkBinaryBatch(decoded, sink);
  const encoded = unchanged && named && length === body.length ? body : undefined;
  return { batch, encoded, rejected: sink.rejected, kept: sink.kept };
}

/** Room to begin with: short rows make it grow, long ones leave some over. */
function expectedRows(bytes: number): number {
  return Math.min(65_536, 64 + Math.ceil(bytes / 100));
}

async function readPieces(parser: CsvRows | JsonRows, body: Uint8Array, sink: RowSink): Promise<void> {
  let from = 0;
  for (let to = PIECE_BYTES; to < body.length; to += PIECE_BYTES) {
    from += parser.parse(body.subarray(from, to), sink, { last: false });
    await otherWork();
  }
  parser.parse(body.subarray(from), sink, { last: true });
}
