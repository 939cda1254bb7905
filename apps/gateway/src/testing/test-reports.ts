import { TOPICS, type ReportCommand, type ReportRecord, type ReportSpec } from '@hark/contracts';
import type { Log } from '@hark/streaming';

const AT = '2026-01-01T00:00:00.000Z';

/**
 * What ingest does with the reports, as far as the gateway can tell: it answers every command, when told to.
 * @param builtIn those that it begins with.
 */
export async function testReports(log: Log, builtIn: readonly ReportSpec[] = []) {
  const writer = await log.writer('ingest');
  const names = new Set<string>();
  let position = 0;
  const say = async (said: ReportRecord): Promise<void> => {
    const value = new TextEncoder().encode(JSON.stringify(said));
    const records = [{ key: said.report, value }];
    await writer.commit({ appends: [{ topic: TOPICS.reports, partition: 0, records }] });
  };
  const answer = (asked: ReportCommand, command: number): ReportRecord => {
    const { name: report } = asked;
    const refused = (status: 404 | 409, code: string): ReportRecord => ({
      kind: 'refused',
      ...{ report, at: AT, command, error: { status, code, message: code } },
    });
    if (asked.kind === 'create') {
      if (names.has(report) && !asked.replace) return refused(409, 'report_exists');
      const kind = names.has(report) ? 'replaced' : 'created';
      names.add(report);
      const { spec } = asked;
      return { kind, report, id: 'i', runner: 'r', spec, statics: {}, builtIn: false, at: AT, command };
    }
    if (!names.has(report)) return refused(404, 'unknown_report');
    switch (asked.kind) {
      case 'stop':
        return { kind: 'stopped', report, at: AT, reason: 'asked', command };
      case 'restart':
        return { kind: 'started', report, at: AT, command };
      case 'drop':
        names.delete(report);
        return { kind: 'dropped', report, at: AT, command };
    }
  };
  const made = { id: 'i', runner: 'r', statics: {}, builtIn: true, at: AT, command: null };
  for (const spec of builtIn) {
    names.add(spec.name);
    await say({ kind: 'created', report: spec.name, spec, ...made });
  }
  return {
    writer,
    say,
    /** Answers the commands that stand in the log. */
    step: async () => {
      for (const { value, offset } of await log.read(TOPICS.reportCommands, 0, position, 1 << 20)) {
        position = offset + 1;
        await say(answer(JSON.parse(new TextDecoder().decode(value)) as ReportCommand, offset));
      }
    },
  };
}
