import { TOPICS, type ReportBatch, type ReportColumn } from '@hark/contracts';
import { StateReader, StateWriter, type LogRecord, type Outputs, type Processor } from '@hark/streaming';
import { reportColumns, reportRows } from '@hark/streaming/files';
import { StreamingQuery, type QueryOutput, type QueryPlan, type RowBatch } from '@hark/streaming/queries';

const FORMAT = 'hark.report';
const FORMAT_VERSION = 1;

/** The rows of a record for the input of a plan, by the input's index; null where it holds none. */
export type RowsOf = (input: number, record: LogRecord) => RowBatch | null;

export interface ReportProcessorOptions {
  readonly name: string;
  readonly runId: string;
  readonly plan: QueryPlan;
  /** The topic of each input of the plan. */
  readonly topics: readonly string[];
  readonly rowsOf: RowsOf;
  /** Of rows that are appended, only so many of the newest go out with a micro-batch. */
  readonly newestRows: number;
}

/** What a micro-batch has done. */
export interface MicroBatch {
  readonly batchId: number;
  readonly inputRows: number;
  readonly outputRows: number;
  readonly eventTime: QueryOutput['eventTime'];
}

/** A query as a processor: each step of its runner is a micro-batch, numbered, whose result is one record. */
export class ReportProcessor implements Processor {
  readonly query: StreamingQuery;
  readonly schema: readonly ReportColumn[];
  /** Of the step that was processed last; null where it held no rows. */
  last: MicroBatch | null = null;
  private nextBatch = 0;
  private taken = false;

  constructor(private readonly options: ReportProcessorOptions) {
    this.query = new StreamingQuery(options.plan);
    this.schema = reportColumns(options.plan);
  }

  process(topic: string, _partition: number, record: LogRecord): void {
    this.options.topics.forEach((each, input) => {
      const rows = each === topic ? this.options.rowsOf(input, record) : null;
      if (rows === null || rows.length === 0) return;
      this.query.take(rows, input);
      this.taken = true;
    });
  }

  endStep(outputs: Outputs): void {
    this.last = null;
    if (!this.taken) return;
    this.taken = false;
    const output = this.query.trigger();
    const batchId = this.nextBatch++;
    const { inputRows, rowCount: outputRows, eventTime } = output;
    this.last = { batchId, inputRows, outputRows, eventTime };
    if (!outputs.suppressed && outputRows > 0) this.emit(batchId, output, outputs);
  }

  snapshot(): Uint8Array {
    return new StateWriter(FORMAT, FORMAT_VERSION).f64(this.nextBatch).bytes(this.query.snapshot()).finish();
  }

  restore(bytes: Uint8Array): void {
    const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
    this.nextBatch = state.f64();
    this.query.restore(state.bytes());
    state.finish();
  }

  private emit(batchId: number, output: QueryOutput, outputs: Outputs): void {
    const { name, runId, newestRows } = this.options;
    const omitted = output.mode === 'append' ? Math.max(0, output.rowCount - newestRows) : 0;
    const batch: ReportBatch = {
      kind: 'batch',
      report: name,
      runId,
      batchId,
      mode: output.mode,
      schema: this.schema,
      rows: reportRows(this.schema, omitted > 0 ? output.tail(newestRows) : output.rows),
      ...(omitted > 0 && { omitted }),
    };
    outputs.emit(TOPICS.reports, name, new TextEncoder().encode(JSON.stringify(batch)));
  }
}
