import { partitionKey, type LogReader } from '@hark/streaming';

/** Where partitions end, each looked up once: the same for all who ask. */
export class Ends {
  private readonly known = new Map<string, number>();

  constructor(private readonly log: LogReader) {}

  async of(topic: string, partition: number): Promise<number> {
    const key = partitionKey(topic, partition);
    let end = this.known.get(key);
    if (end === undefined) this.known.set(key, (end = await this.log.end(topic, partition)));
    return end;
  }
}
