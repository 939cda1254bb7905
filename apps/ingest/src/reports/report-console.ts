import { TOPICS, type ReportBatch, type ReportCreated } from '@hark/contracts';
import { readKept, type LogReader } from '@hark/streaming';
import type { Logger } from 'pino';

const READ_BYTES = 1 << 20;
/** Rows of a micro-batch that are shown. */
const ROWS_SHOWN = 20;

/** The console sink: micro-batches that come while the app runs, as lines of its log. */
export class ReportConsole {
  constructor(
    private readonly log: LogReader,
    private readonly logger: Pick<Logger, 'info'>,
    /** The report of this name as it stands. */
    private readonly find: (name: string) => ReportCreated | undefined,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    let position = await this.log.end(TOPICS.reports, 0);
    while (!signal.aborted) {
      const changed = this.log.changed(signal);
      const { records } = await readKept(this.log, TOPICS.reports, position, READ_BYTES);
      for (const { key, value, offset } of records) {
        position = offset + 1;
        if (this.find(key)?.spec.sink?.type === 'console') this.show(new TextDecoder().decode(value));
      }
      if (records.length === 0) await changed;
    }
  }

  private show(text: string): void {
    const said = JSON.parse(text) as ReportBatch;
    if (said.kind !== 'batch') return;
    const { report, batchId, schema, rows } = said;
    const shown = rows
      .slice(0, ROWS_SHOWN)
      .map((row) => Object.fromEntries(schema.map(({ name }, i) => [name, row[i]])));
    this.logger.info({ report, batchId, rows: rows.length, shown }, `batch ${batchId} of ${report}`);
  }
}
