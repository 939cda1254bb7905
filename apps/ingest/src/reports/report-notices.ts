import type { ReportCreated } from '@hark/contracts';

/** What an operator should know of a report that runs: said when it begins, and when it changes. */
export class ReportNotices {
  /** What each report was last said to wait for. */
  private readonly said = new Map<string, string | null>();

  constructor(
    /** @param message null = nothing any more. */
    private readonly tell: (report: string, message: string | null) => Promise<void>,
  ) {}

  /** A report begins: the static tables that it is joined with may be missing. */
  async begun(created: ReportCreated): Promise<void> {
    if (Object.keys(created.statics).length > 0) await this.tell(created.report, messageOf(created, null));
  }

  /** @param waitsFor what its sources outside wait for; null = nothing, undefined = it has none. */
  async waiting(created: ReportCreated, waitsFor: string | null | undefined): Promise<void> {
    const { report } = created;
    if (waitsFor === undefined || waitsFor === this.said.get(report)) return;
    this.said.set(report, waitsFor);
    await this.tell(report, messageOf(created, waitsFor));
  }

  forget(report: string): void {
    this.said.delete(report);
  }
}

function messageOf({ statics }: ReportCreated, waitsFor: string | null): string | null {
  const missing = Object.entries(statics).filter(([, file]) => file === null);
  const messages = missing.map(([name]) => absent(name));
  if (waitsFor !== null) messages.push(waitsFor);
  return messages.length === 0 ? null : messages.join(' ');
}

function absent(name: string): string {
  return `The static table ${name} is not there: its columns are null. \`hark reports static ${name} FILES…\` makes it.`;
}
