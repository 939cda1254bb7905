import { encodeSampleBatch, type Problem, type RowError, type SampleBatch } from '@hark/contracts';
import { RefusedError, type ServiceClient } from '../service/service-client.js';

/** What the service did with a batch. */
export interface BatchReceipt {
  readonly accepted: number;
  readonly rejected: number;
  readonly errors: readonly RowError[];
}

/** Batches are of the same number of rows: only the names of devices and activities make one larger than another. */
const ROOM_TO_SPARE = 65_536;

/**
 * Sends the batches of one recording, numbered, one after the other: the service takes each number once, so that a
 * batch sent again after a crash of either side is never taken twice.
 */
export class Producer {
  private sequence = 0;
  /** Where batches are encoded, one after the other. */
  private room = new Uint8Array(0);

  /** @param id identity of the recording: the same recording goes on where it was left. */
  constructor(
    private readonly client: ServiceClient,
    readonly id: string,
  ) {}

  /** How many batches the service has already, and whether it has had the end. */
  async resume(): Promise<{ readonly batches: number; readonly finished: boolean }> {
    const { sequence, finished } = await this.client.json<{ sequence: number; finished: boolean }>(
      `/v1/producers/${this.id}`,
    );
    return { batches: sequence, finished };
  }

  /** Passes over a batch that the service has. */
  skip(): void {
    this.sequence++;
  }

  /**
   * Resolves when the batch is on the service's disk. The batch is encoded at once, and may change after the call; no
   * other is to be sent meanwhile.
   */
  async send(batch: SampleBatch): Promise<BatchReceipt> {
    const sequence = ++this.sequence;
    const body = encodeSampleBatch(batch, this.room);
    if (body.length > this.room.length) this.room = new Uint8Array(body.length + ROOM_TO_SPARE);
    const response = await this.client.request('/v1/samples', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-protobuf',
        'hark-producer': this.id,
        'hark-sequence': String(sequence),
      },
      body,
    });
    const answer = (await response.json()) as Partial<BatchReceipt> & Partial<Problem> & { duplicate?: true };
    // Taken before the answer got lost: what was refused of it is not told again.
    if (answer.duplicate) return { accepted: batch.rows, rejected: 0, errors: [] };
    const { accepted, rejected, errors = [] } = answer;
    if (accepted === undefined || rejected === undefined) {
      throw new RefusedError(response.status, answer, `batch ${sequence} was not taken`);
    }
    return { accepted, rejected, errors };
  }

  /** Says that there is no more: the windows of its devices are closed. */
  async end(): Promise<void> {
    await this.client.json('/v1/samples', {
      method: 'POST',
      headers: { 'hark-producer': this.id, 'hark-end': '1' },
    });
  }
}
