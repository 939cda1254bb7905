import { TOPICS } from '@hark/contracts';
import type { LogReader, LogWriter } from '@hark/streaming';
import type { ReplayRecord, StoredReplay } from './replay-record.js';

const READ_BYTES = 1 << 20;

/** Keeps what replays are run again from, in the topic `replays`. */
export class ReplayJournal {
  constructor(
    private readonly log: LogReader,
    private readonly writer: LogWriter,
  ) {}

  /** The replays that have not been forgotten, in the order in which they were begun. */
  async read(): Promise<StoredReplay[]> {
    const replays = new Map<string, StoredReplay>();
    for (let next = 0; ;) {
      const records = await this.log.read(TOPICS.replays, 0, next, READ_BYTES);
      if (records.length === 0) return [...replays.values()];
      for (const { value, offset } of records) {
        take(replays, JSON.parse(Buffer.from(value).toString('utf8')) as ReplayRecord);
        next = offset + 1;
      }
    }
  }

  /** On disk when resolved. @throws what the log throws; nothing of the record stands then. */
  async write(record: ReplayRecord): Promise<void> {
    const value = new TextEncoder().encode(JSON.stringify(record));
    await this.writer.commit({
      appends: [{ topic: TOPICS.replays, partition: 0, records: [{ key: '', value }] }],
    });
    await this.writer.durable();
  }
}

function take(replays: Map<string, StoredReplay>, record: ReplayRecord): void {
  if (record.kind === 'begun') {
    replays.set(record.replay.id, { options: record.replay, standing: null, ended: null });
    return;
  }
  const replay = replays.get(record.id);
  if (replay === undefined) return;
  if (record.kind === 'stood') replay.standing = record.standing;
  else if (record.kind === 'ended') replay.ended = { view: record.view, next: record.next };
  else replays.delete(record.id);
}
