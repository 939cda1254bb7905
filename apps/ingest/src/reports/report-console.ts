import { TOPICS, type ReportBatch, type ReportCreated } from '@hark/contracts';
import { followKept, type LogReader } from '@hark/streaming';
import type { Logger } from 'pino';

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
    const end = await this.log.end(TOPICS.reports, 0);
    for await (const records of followKept(this.log, TOPICS.reports, end, signal))
      for (const { key, value } of records)
        if (this.find(key)?.spec.sink?.type === 'console') this.show(new TextDecoder().decode(value));
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
