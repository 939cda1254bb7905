import { closeSync, openSync, readSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { ActivityVocabulary, SampleBatchBuilder, encodeSamplesRecord } from '@hark/contracts';
import { CsvRows, JsonRows, Windower } from '@hark/streaming';

const CHUNK = 4 * 1024 * 1024;
const BATCH_ROWS = 8192;

/** Rows/s of the parser of CSV, or of JSON lines, alone: from a file in the page cache to batches. */
export function parseRate(path: string): number {
  return best(() => parse(path, () => undefined));
}

/** Rows/s of the windower alone, decoding included, without features. */
export function windowerRate(path: string): number {
  const values: Uint8Array[] = [];
  const { rows } = parse(path, (builder) =>
    values.push(encodeSamplesRecord({ batch: builder.take(), receivedMs: 0 })),
  );
  const none = new Float64Array(0);
  const nothing = () => undefined;
  const outputs = { suppressed: false, emit: nothing, artifact: nothing, discard: nothing };
  return best(() => {
    const windower = new Windower({}, { schema: '', extract: () => none });
    const started = performance.now();
    values.forEach((value, offset) =>
      windower.process('samples', 0, { offset, timestamp: 0, key: '', value }, outputs),
    );
    return { rows, seconds: (performance.now() - started) / 1000 };
  });
}

function parse(path: string, full: (builder: SampleBatchBuilder) => void): { rows: number; seconds: number } {
  const started = performance.now();
  const options = { sensor: 'accelerometer' } as const;
  const parser = path.endsWith('.jsonl') ? new JsonRows(options) : new CsvRows(options);
  const builder = new SampleBatchBuilder(BATCH_ROWS * 8);
  const sink = { builder, activities: ActivityVocabulary.any, defaultArrivalMs: 0, reject: () => undefined };
  const file = openSync(path, 'r');
  const bytes = new Uint8Array(CHUNK);
  let held = 0;
  for (;;) {
    const read = readSync(file, bytes, held, CHUNK - held, null);
    const filled = held + read;
    const consumed = parser.parse(bytes.subarray(0, filled), sink, { last: read === 0 });
    if (builder.rows >= BATCH_ROWS) {
      full(builder);
      if (builder.rows > 0) builder.take();
    }
    bytes.copyWithin(0, consumed, filled);
    held = filled - consumed;
    if (read === 0) break;
  }
  closeSync(file);
  if (builder.rows > 0) full(builder);
  return { rows: parser.rows, seconds: (performance.now() - started) / 1000 };
}

/** The best of five: what the machine can do when nothing else has it. */
function best(run: () => { rows: number; seconds: number }): number {
  return Math.max(...Array.from({ length: 5 }, run).map(({ rows, seconds }) => rows / seconds));
}
