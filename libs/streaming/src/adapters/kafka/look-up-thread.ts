import { fileURLToPath } from 'node:url';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { LogAwayError } from '../../log/log.js';
import type { KafkaFrame } from './frame-message.js';
import type { KafkaOptions } from './kafka-options.js';
import type { LookUpAnswer, LookUpRequest, LookUpSetup } from './look-up-request.js';

/** A look-up that Kafka has not answered after this long has failed, and with it the step that asked. */
const PATIENCE_MS = 30_000;

/**
 * Fetches records while the caller waits without giving way: a pure step cannot. Another thread talks to Kafka; it is
 * started by the first record that is asked for and not in memory any more.
 */
export class LookUpThread {
  private worker: Worker | null = null;
  private port: MessagePort | null = null;
  private readonly answered = new Int32Array(new SharedArrayBuffer(4));

  constructor(private readonly options: KafkaOptions) {}

  /**
   * The frame with this record and some before and behind it; empty when there is no such record.
   * @throws LogAwayError
   */
  frames(topic: string, partition: number, offset: number): KafkaFrame[] {
    const port = (this.port ??= this.start());
    Atomics.store(this.answered, 0, 0);
    port.postMessage({ topic, partition, offset } satisfies LookUpRequest);
    if (Atomics.wait(this.answered, 0, 0, PATIENCE_MS) === 'timed-out')
      throw new LogAwayError(`Kafka is away: ${topic}/${partition} was not answered in ${PATIENCE_MS} ms`);
    const answer = (receiveMessageOnPort(port) as { message: LookUpAnswer }).message;
    if ('failure' in answer) throw new LogAwayError(answer.failure);
    return answer.frames.map((frame) => ({ ...frame, payload: Buffer.from(frame.payload.buffer) }));
  }

  async close(): Promise<void> {
    this.port?.close();
    await this.worker?.terminate();
  }

  private start(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    const { brokers, prefix, tls, sasl, cacheBytes } = this.options;
    const options: KafkaOptions = { brokers, prefix, cacheBytes, ...(tls && { tls }), ...(sasl && { sasl }) };
    const setup: LookUpSetup = { options, answered: this.answered };
    this.worker = new Worker(program(), {
      workerData: { setup, port: port2 },
      transferList: [port2],
    });
    this.worker.unref();
    port1.unref();
    return port1;
  }
}

/** The built program of the thread: Node runs no TypeScript, also where everything else is run from source. */
function program(): string {
  const here = fileURLToPath(new URL('./look-up-worker.js', import.meta.url));
  return here.replace(/([/\\])src([/\\]adapters[/\\]kafka[/\\][^/\\]+)$/, '$1dist$2');
}
