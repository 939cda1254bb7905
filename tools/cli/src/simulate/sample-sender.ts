import { encodeSampleBatch, SampleBatchBuilder, type SampleBatch } from '@hark/contracts';
import { RefusedError, type ServiceClient } from '../service/service-client.js';

/** Requests under way at once; one device's are never two of them, for their order counts. */
const LANES = 8;

/** Sends samples as devices do: each batch a request, in order for each device. */
export class SampleSender {
  private readonly lanes: Promise<void>[];
  private readonly laneOf = new Map<string, number>();
  private failure: unknown = null;
  accepted = 0;

  /** @param lanes requests under way at once; with one, what is sent is stored in this very order. */
  constructor(
    private readonly client: ServiceClient,
    lanes = LANES,
  ) {
    this.lanes = Array.from({ length: lanes }, () => Promise.resolve());
  }

  /** Queues a batch of one device behind that device's earlier ones. @throws what an earlier one failed of. */
  send(batch: SampleBatch): void {
    if (this.failure !== null) throw this.failure;
    const { user, device } = batch.streams[0];
    const key = `${user}\u0000${device}`;
    let lane = this.laneOf.get(key);
    if (lane === undefined) this.laneOf.set(key, (lane = this.laneOf.size % this.lanes.length));
    this.lanes[lane] = this.lanes[lane]
      .then(() => this.post(batch))
      .catch((error: unknown) => {
        this.failure ??= error;
      });
  }

  /** Resolves when all batches are on the service's disk. */
  async settle(): Promise<void> {
    await Promise.all(this.lanes);
    if (this.failure !== null) throw this.failure;
  }

  async post(batch: SampleBatch): Promise<void> {
    if (this.failure !== null) return;
    const response = await this.client.request('/v1/samples', {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: encodeSampleBatch(batch),
    });
    const answer = (await response.json()) as { accepted?: number; detail?: string };
    if (answer.accepted === undefined)
      throw new RefusedError(response.status, answer, 'samples were refused');
    this.accepted += answer.accepted;
  }
}

/** Joins deliveries into larger batches, for where only the order counts and not the time. */
export class BatchJoiner {
  private readonly builder = new SampleBatchBuilder(8192);

  /** @returns a full batch now and then. */
  add(batch: SampleBatch): SampleBatch | null {
    const { builder } = this;
    const streams = batch.streams.map((id) => builder.streamOf(id.user, id.device, id.model, id.sensor));
    const labels = [0, ...batch.labels.map((activity) => builder.labelOf(activity))];
    for (let i = 0; i < batch.rows; i++) {
      builder.push(
        streams[batch.stream[i]],
        batch.creationMs[i],
        batch.creationSubNs[i],
        batch.arrivalMs[i],
        batch.x[i],
        batch.y[i],
        batch.z[i],
        labels[batch.label[i]],
      );
    }
    return builder.rows >= 8192 ? builder.take() : null;
  }

  rest(): SampleBatch | null {
    return this.builder.rows > 0 ? this.builder.take() : null;
  }
}
