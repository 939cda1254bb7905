import { TOPICS, type ReportTableMessage } from '@hark/contracts';
import type { LogReader } from '@hark/streaming';
import type { ChannelSnapshot } from '../live/channel.js';
import { LogChannel } from '../live/log-channel.js';
import type { ReportDesk } from './report-desk.js';

/**
 * The channel `report:<name>`: what the topic `reports` says of one report. Its snapshot is the table as it is, and the
 * last progress.
 */
export class ReportChannel extends LogChannel {
  constructor(name: string, log: LogReader & { readonly epoch: string }, desk: ReportDesk) {
    super(
      log,
      TOPICS.reports,
      ({ key, offset, value }) =>
        key !== name
          ? null
          : {
              offset,
              users: null,
              devices: null,
              final: true,
              payload: Buffer.from(value.buffer, value.byteOffset, value.length).toString(),
            },
      () => Promise.resolve(snapshotOf(name, desk)),
    );
  }
}

function snapshotOf(name: string, { reports, taken }: ReportDesk): ChannelSnapshot {
  const report = reports.get(name);
  if (report === undefined) return { next: taken, entries: [] };
  const { table, state, progress } = report;
  const message: ReportTableMessage = {
    kind: 'table',
    report: name,
    state,
    ...table.stored(),
    progress: progress.at(-1) ?? null,
  };
  const entry = { users: null, devices: null, final: true, payload: JSON.stringify(message) };
  return { next: taken, entries: [{ ...entry, offset: taken - 1 }] };
}
