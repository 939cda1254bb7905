import { TOPICS, type ReportEvent } from '@hark/contracts';
import {
  LogFullError,
  type Commit,
  type LogWriter,
  type NewRecord,
  type RunnerOptions,
} from '@hark/streaming';
import { ReportBook } from './report-book.js';

/** Name of the book's state in the log. */
const BOOK = 'report-book';
const RETRY_MS = 1000;

/** Writes what becomes of the reports to the log, each event together with the book that it changes. */
export class ReportLedger {
  private constructor(
    private readonly writer: LogWriter,
    private readonly sleep: RunnerOptions['sleep'],
    private standing: ReportBook,
  ) {}

  /** @throws StateFormatError when the book in the log is of another version. */
  static async open(writer: LogWriter, sleep: RunnerOptions['sleep']): Promise<ReportLedger> {
    const { snapshot } = await writer.runnerState(BOOK);
    const book = snapshot === null ? ReportBook.empty : ReportBook.decode(snapshot.state);
    return new ReportLedger(writer, sleep, book);
  }

  get book(): ReportBook {
    return this.standing;
  }

  async tell(event: ReportEvent): Promise<void> {
    const book = this.standing.with(event);
    await this.commit({
      appends: [{ topic: TOPICS.reports, partition: 0, records: [reportRecord(event.report, event)] }],
      step: { runner: BOOK, inputs: [] },
      snapshot: book.encode(),
    });
    this.standing = book;
  }

  /** Commits as soon as there is room: what becomes of a report is not left out. */
  async commit(commit: Commit): Promise<void> {
    for (;;) {
      try {
        await this.writer.commit(commit);
        return;
      } catch (error) {
        if (!(error instanceof LogFullError)) throw error;
        await this.sleep(RETRY_MS, NEVER);
      }
    }
  }
}

/** A record of the topic `reports`. */
export function reportRecord(report: string, said: unknown): NewRecord {
  return { key: report, value: new TextEncoder().encode(JSON.stringify(said)) };
}

const NEVER = new AbortController().signal;
