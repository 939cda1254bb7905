import { TOPICS, type ReportCommand, type ReportRecord, type ReportRefusal } from '@hark/contracts';
import { StateReader, StateWriter, type LogRecord, type Processor } from '@hark/streaming';
import { storedJson } from '../stored-json.js';
import { KnownReport, type StoredReport } from './known-report.js';

const FORMAT = 'hark.report-desk';
const FORMAT_VERSION = 1;

/** Commands whose outcome and idempotency key are remembered; the oldest are forgotten. */
const COMMANDS_KEPT = 1000;

/** What the desk reads, in the order in which a step takes from it. */
export const REPORT_DESK_TOPICS = [TOPICS.reportCommands, TOPICS.reports] as const;

/** What became of a command. */
export interface CommandOutcome {
  /** Null = it was done. */
  readonly refusal: ReportRefusal | null;
}

/** Follows what ingest tells of the reports: keeps their tables, their progress, and what became of each command. */
export class ReportDesk implements Processor {
  readonly reports = new Map<string, KnownReport>();
  /** Offsets of the next records of `reports` and of `report-commands` that will be taken. */
  taken = 0;
  commandsTaken = 0;
  /** By their offsets. An outcome may be read before its command. */
  private commands = new Map<number, ReportCommand>();
  private outcomes = new Map<number, CommandOutcome>();

  process(topic: string, _partition: number, record: LogRecord): void {
    const said = storedJson<ReportCommand | ReportRecord>(record);
    if (topic === TOPICS.reportCommands) {
      this.commandsTaken = record.offset + 1;
      if (said !== null) keep(this.commands, record.offset, said as ReportCommand);
      return;
    }
    this.taken = record.offset + 1;
    if (said !== null) this.take(said as ReportRecord);
  }

  /** What became of the command at this offset, as far as it is known. */
  outcome(offset: number): CommandOutcome | null {
    return this.outcomes.get(offset) ?? null;
  }

  /** The command that came with this idempotency key, while it is remembered. */
  byKey(key: string): readonly [offset: number, command: ReportCommand] | undefined {
    return [...this.commands].find(([, command]) => command.key === key);
  }

  snapshot(): Uint8Array {
    const stored: Stored = {
      reports: [...this.reports.values()].map((each) => each.stored()),
      commands: [...this.commands],
      outcomes: [...this.outcomes],
    };
    const state = new StateWriter(FORMAT, FORMAT_VERSION).f64(this.taken).f64(this.commandsTaken);
    return state.string(JSON.stringify(stored)).finish();
  }

  restore(bytes: Uint8Array): void {
    const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
    this.taken = state.f64();
    this.commandsTaken = state.f64();
    const { reports, commands, outcomes } = JSON.parse(state.string()) as Stored;
    state.finish();
    this.reports.clear();
    for (const stored of reports) this.reports.set(stored.created.report, KnownReport.of(stored));
    this.commands = new Map(commands);
    this.outcomes = new Map(outcomes);
  }

  private take(record: ReportRecord): void {
    switch (record.kind) {
      case 'created':
        this.reports.set(record.report, new KnownReport(record));
        break;
      case 'dropped':
        this.reports.delete(record.report);
        break;
      case 'refused':
        break;
      default:
        this.reports.get(record.report)?.take(record);
    }
    if ('command' in record && record.command !== null)
      keep(this.outcomes, record.command, { refusal: record.kind === 'refused' ? record.error : null });
  }
}

interface Stored {
  readonly reports: readonly StoredReport[];
  readonly commands: readonly [number, ReportCommand][];
  readonly outcomes: readonly [number, CommandOutcome][];
}

function keep<T>(map: Map<number, T>, offset: number, value: T): void {
  map.set(offset, value);
  if (map.size <= COMMANDS_KEPT) return;
  const [oldest] = map.keys();
  map.delete(oldest);
}
