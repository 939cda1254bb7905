/** A batch for a partition, as the broker is to store it. */
export interface ProducedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly batch: Buffer;
}

/** The version that Kafka 3.9 and 4.x both speak, and that kafkajs reads the answers of. */
export const PRODUCE_VERSION = 7;
export const PRODUCE_KEY = 0;

const ALL_REPLICAS = -1;

/** The body of a [Produce request](https://kafka.apache.org/protocol.html#The_Messages_Produce), version 7. */
export function encodeProduceRequest(
  { transactionalId }: { readonly transactionalId: string },
  timeoutMs: number,
  batches: readonly ProducedBatch[],
): Buffer {
  const id = Buffer.from(transactionalId);
  const head = Buffer.allocUnsafe(2 + id.length + 2 + 4 + 4);
  let at = head.writeInt16BE(id.length, 0);
  at += id.copy(head, at);
  at = head.writeInt16BE(ALL_REPLICAS, at);
  at = head.writeInt32BE(timeoutMs, at);
  head.writeInt32BE(batches.length, at);
  const parts: Buffer[] = [head];
  for (const { topic, partition, batch } of batches) {
    const name = Buffer.from(topic);
    const before = Buffer.allocUnsafe(2 + name.length + 12);
    let at = before.writeInt16BE(name.length, 0);
    at += name.copy(before, at);
    at = before.writeInt32BE(1, at);
    at = before.writeInt32BE(partition, at);
    before.writeInt32BE(batch.length, at);
    parts.push(before, batch);
  }
  return Buffer.concat(parts);
}
