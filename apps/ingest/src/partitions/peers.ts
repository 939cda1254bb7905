import { HOLDER_HEADER } from '@hark/service';
import type { WriterHolder } from '@hark/streaming/adapters';
import type { ProducerStatus, Receipt } from '../front-door/front-door.js';
import { SequenceGapError, TooManyProducersError } from '../front-door/producers.js';
import type { Submission } from '../front-door/submission.js';
import { encodePart } from './part-message.js';
import { PartitionAwayError } from './partition-away-error.js';

export const partPath = (partition: number): string => `/v1/partitions/${partition}/samples`;
export const producerPath = (partition: number, id: string): string =>
  `/v1/partitions/${partition}/producers/${encodeURIComponent(id)}`;

const TRIES = 3;
const PAUSE_MS = 200;
const ANSWER_MS = 10_000;

export interface PeersOptions {
  /** Who opened the writer of a partition last. */
  readonly holder: (partition: number) => Promise<WriterHolder | null>;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** The other ingest processes, found by the partition that they work. */
export class Peers {
  private readonly known = new Map<number, WriterHolder>();

  constructor(private readonly options: PeersOptions) {}

  /**
   * Hands a submission on; resolves when its holder has it durable.
   * @throws PartitionAwayError, SequenceGapError, TooManyProducersError
   */
  async accept(partition: number, submission: Submission): Promise<Receipt> {
    const body = encodePart(submission);
    const answer = await this.ask(partition, partPath(partition), { method: 'POST', body });
    if (answer.status === 200) return answer.body as unknown as Receipt;
    const { code, found, expected, limit } = answer.body;
    const producer = submission.numbering?.producer ?? '';
    if (code === 'sequence_gap') throw new SequenceGapError(producer, Number(found), Number(expected));
    if (code === 'too_many_producers') throw new TooManyProducersError(Number(limit));
    throw new PartitionAwayError(partition);
  }

  /** @throws PartitionAwayError */
  async producer(partition: number, id: string): Promise<ProducerStatus> {
    const answer = await this.ask(partition, producerPath(partition, id), {});
    if (answer.status !== 200) throw new PartitionAwayError(partition);
    return answer.body as unknown as ProducerStatus;
  }

  /** Asks the holder, and looks again who that is where it does not answer or is another by now. */
  private async ask(
    partition: number,
    path: string,
    request: RequestInit,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    for (let tries = 0; tries < TRIES; tries++) {
      if (tries > 0) await this.options.sleep(PAUSE_MS);
      const holder = this.known.get(partition) ?? (await this.options.holder(partition));
      if (holder === null || holder.address === null) continue;
      this.known.set(partition, holder);
      try {
        const response = await fetch(`http://${holder.address}${path}`, {
          ...request,
          headers: { [HOLDER_HEADER]: holder.owner, 'content-type': 'application/octet-stream' },
          signal: AbortSignal.timeout(ANSWER_MS),
        });
        const body = (await response.json()) as Record<string, unknown>;
        if (response.status < 500 && response.status !== 404) return { status: response.status, body };
      } catch {
        // Gone, or going: whoever is next says so in the journal.
      }
      this.known.delete(partition);
    }
    throw new PartitionAwayError(partition);
  }
}
