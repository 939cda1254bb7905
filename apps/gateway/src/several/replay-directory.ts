import { TOPICS } from '@hark/contracts';
import type { LogReader } from '@hark/streaming';
import type { Channel } from '../live/channel.js';
import type { LiveHub } from '../live/live-hub.js';
import type { ReplayRecord } from '../replays/replay-record.js';

const READ_BYTES = 1 << 20;

/** Opens the channels of replays that run at another gateway, as the log tells of them. */
export class ReplayDirectory {
  private position = 0;

  constructor(
    private readonly log: LogReader,
    private readonly hub: Pick<LiveHub, 'open' | 'close'>,
    private readonly channel: (id: string) => Channel,
  ) {}

  /** Follows the log until `signal` is aborted; the channels that are open then stay so. */
  async run(signal: AbortSignal): Promise<void> {
    let change = this.log.changed(signal);
    while (!signal.aborted) {
      const records = await this.log.read(TOPICS.replays, 0, this.position, READ_BYTES);
      if (signal.aborted) return;
      for (const { value, offset } of records) {
        this.take(JSON.parse(Buffer.from(value).toString('utf8')) as ReplayRecord);
        this.position = offset + 1;
      }
      if (records.length > 0) continue;
      await change;
      change = this.log.changed(signal);
    }
  }

  /** Records that have not been taken. */
  async lag(): Promise<number> {
    return Math.max(0, (await this.log.end(TOPICS.replays, 0)) - this.position);
  }

  private take(record: ReplayRecord): void {
    if (record.kind === 'forgotten') this.hub.close(`replay:${record.id}`);
    if (record.kind !== 'begun') return;
    const { id, session } = record.replay;
    this.hub.open(`replay:${id}`, this.channel(id), session.user);
  }
}
