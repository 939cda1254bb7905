import {
  ReportTable,
  type ReportProgress,
  type ReportRecord,
  type ReportTableMessage,
} from '@hark/contracts';
import type { Terminal } from '../terminal/terminal.js';
import { progressLine, rowsTable } from './report-text.js';

type Message = ReportRecord | ReportTableMessage;

/** Rows shown at most: the newest. */
const ROWS_SHOWN = 40;
const TO_TOP = '\u001b[H\u001b[2J';

/** What somebody who watches a report sees: its table as it is, and the last micro-batch. */
export class ReportWatch {
  private table = new ReportTable(10_000);
  private progress: ReportProgress | null = null;
  private state = 'running';

  constructor(private readonly name: string) {}

  take(message: Message): void {
    switch (message.kind) {
      case 'table':
        this.table = ReportTable.of(message, 10_000);
        this.progress = message.progress;
        this.state = message.state;
        break;
      case 'batch':
        this.table.take(message);
        break;
      case 'progress':
        this.progress = message.progress;
        break;
      case 'failed':
        this.state = `failed: ${message.error.message}`;
        break;
      case 'stopped':
        this.state = message.reason === 'finished' ? 'finished' : 'stopped';
        break;
      case 'started':
      case 'created':
      case 'replaced':
        this.state = 'running';
        break;
    }
  }

  text(): string {
    const { schema, size } = this.table;
    const rows = [...this.table.rows()].slice(-ROWS_SHOWN);
    const left = size - rows.length + this.table.omitted;
    const head = `${this.name}: ${this.state}; ${progressLine(this.progress)}`;
    const body = schema.length === 0 ? 'no rows yet' : rowsTable(schema, rows);
    return left > 0 ? `${head}\n${body}\n… and ${left} rows before these` : `${head}\n${body}`;
  }
}

/**
 * Shows a report until the stream ends or the terminal is interrupted: drawn anew at each change where somebody
 * watches, or the messages as JSON lines.
 */
export async function watchReport(
  name: string,
  messages: AsyncIterable<Message>,
  terminal: Terminal,
  json: boolean,
): Promise<void> {
  const watch = new ReportWatch(name);
  for await (const message of messages) {
    if (json) {
      terminal.out(JSON.stringify(message));
      continue;
    }
    watch.take(message);
    // The progress of a micro-batch comes behind its rows, and most have some.
    if (message.kind !== 'batch') terminal.out(`${terminal.interactive ? TO_TOP : ''}${watch.text()}`);
    if (message.kind === 'dropped') return;
  }
}
