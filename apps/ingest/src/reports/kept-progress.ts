import { TOPICS, type ReportProgress } from '@hark/contracts';
import type { LogWriter, NewRecord } from '@hark/streaming';
import { reportRecord } from './report-ledger.js';

/** What the micro-batches of the reports have said: the last of each, told to whoever listens, and stored. */
export class KeptProgress {
  /** By the name of the report. */
  readonly last = new Map<string, ReportProgress>();
  private readonly listeners: ((progress: ReportProgress) => void)[] = [];
  private unstored: NewRecord[] = [];

  constructor(private readonly writer: LogWriter) {}

  /** To be told of every micro-batch. */
  onProgress(listener: (progress: ReportProgress) => void): void {
    this.listeners.push(listener);
  }

  made(progress: ReportProgress): void {
    this.last.set(progress.name, progress);
    for (const listener of this.listeners) listener(progress);
    this.unstored.push(reportRecord(progress.name, { kind: 'progress', report: progress.name, progress }));
  }

  forget(name: string): void {
    this.last.delete(name);
  }

  /** What of it can't be stored is missing from the list of progress, and from nothing else. */
  store(): void {
    if (this.unstored.length === 0) return;
    const appends = [{ topic: TOPICS.reports, partition: 0, records: this.unstored }];
    this.unstored = [];
    this.writer.commit({ appends }).catch(() => undefined);
  }
}
