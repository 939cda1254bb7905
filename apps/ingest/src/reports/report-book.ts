import type { ReportCreated, ReportEvent, ReportStop } from '@hark/contracts';
import { decodeJsonState, encodeJsonState } from '@hark/streaming';

const VERSION = 1;

/** Why a report does not run; null = it does. */
export type Standstill = ReportStop | 'failed' | null;

export interface BookedReport {
  readonly created: ReportCreated;
  readonly standstill: Standstill;
}

interface StoredBook {
  readonly reports: readonly BookedReport[];
  readonly removed: readonly string[];
  readonly commandsTaken: number;
}

/** Which reports there are and which of them run: what stands in the log, committed with each event that changed it. */
export class ReportBook {
  private constructor(
    private readonly booked: ReadonlyMap<string, BookedReport>,
    /** Built-in reports that an operator has dropped: they do not come back by themselves. */
    private readonly removed: ReadonlySet<string>,
    /** Offset of the next command. */
    readonly commandsTaken: number,
  ) {}

  static readonly empty = new ReportBook(new Map(), new Set(), 0);

  get reports(): Iterable<BookedReport> {
    return this.booked.values();
  }

  get size(): number {
    return this.booked.size;
  }

  get(name: string): BookedReport | undefined {
    return this.booked.get(name);
  }

  wasDropped(name: string): boolean {
    return this.removed.has(name);
  }

  /** The book after this event. */
  with(event: ReportEvent): ReportBook {
    const booked = new Map(this.booked);
    const removed = new Set(this.removed);
    const known = booked.get(event.report);
    const set = (standstill: Standstill): void => {
      if (known !== undefined) booked.set(event.report, { ...known, standstill });
    };
    switch (event.kind) {
      case 'created':
      case 'replaced':
        booked.set(event.report, { created: event, standstill: null });
        removed.delete(event.report);
        break;
      case 'started':
        set(null);
        break;
      case 'stopped':
        set(event.reason);
        break;
      case 'failed':
        set('failed');
        break;
      case 'dropped':
        booked.delete(event.report);
        if (known?.created.builtIn === true) removed.add(event.report);
        break;
      case 'notice':
      case 'refused':
        break;
    }
    const command = 'command' in event ? event.command : null;
    return new ReportBook(booked, removed, command === null ? this.commandsTaken : command + 1);
  }

  encode(): Uint8Array {
    const { removed, commandsTaken } = this;
    const reports = [...this.booked.values()];
    const stored: StoredBook = { reports, removed: [...removed], commandsTaken };
    return encodeJsonState(VERSION, stored);
  }

  /** @throws StateFormatError when the bytes are not a book of this version. */
  static decode(bytes: Uint8Array): ReportBook {
    const stored = decodeJsonState(bytes, 'the book of reports', VERSION) as StoredBook;
    const { reports, removed, commandsTaken } = stored;
    const booked = new Map(reports.map((each) => [each.created.report, each]));
    return new ReportBook(booked, new Set(removed), commandsTaken);
  }
}
