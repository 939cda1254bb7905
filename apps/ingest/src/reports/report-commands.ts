import { TOPICS, type ReportCommand, type ReportRefusal } from '@hark/contracts';
import type { LogReader } from '@hark/streaming';
import type { ReportLedger } from './report-ledger.js';
import { MALFORMED } from './report-refusals.js';

const READ_BYTES = 1 << 20;

/** What is asked of the reports, in the order of the log; each is carried out once, or refused in the ledger. */
export class ReportCommands {
  /** @param at the time now, ISO 8601. */
  constructor(
    private readonly log: LogReader,
    private readonly ledger: ReportLedger,
    private readonly at: () => string,
  ) {}

  /** @param execute says why a command, by its offset, can't be carried out; null = it was. */
  async take(
    execute: (command: ReportCommand, offset: number) => Promise<ReportRefusal | null>,
  ): Promise<void> {
    for (;;) {
      const from = this.ledger.book.commandsTaken;
      const records = await this.log.read(TOPICS.reportCommands, 0, from, READ_BYTES);
      if (records.length === 0) return;
      for (const { offset, value } of records) {
        const command = commandOf(value);
        const refusal = command === null ? MALFORMED : await execute(command, offset);
        if (refusal !== null) await this.refuse(command?.name ?? '', offset, refusal);
      }
    }
  }

  private refuse(report: string, command: number, error: ReportRefusal): Promise<unknown> {
    return this.ledger.tell({ kind: 'refused', report, at: this.at(), command, error });
  }
}

function commandOf(value: Uint8Array): ReportCommand | null {
  try {
    const command = JSON.parse(new TextDecoder().decode(value)) as Partial<ReportCommand> | null;
    return typeof command?.name === 'string' ? (command as ReportCommand) : null;
  } catch {
    return null;
  }
}
