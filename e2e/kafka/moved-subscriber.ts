import { WebSocket } from 'ws';
import type { Service } from '../harness.js';

export interface HeardMessage {
  readonly offset: number;
  readonly payload: Record<string, unknown>;
}

/** One subscriber of a channel that goes from gateway to gateway, each time on from what it heard last. */
export class MovedSubscriber {
  readonly heard: HeardMessage[] = [];
  /** What a subscriber that is told everything once does not hear: gaps, errors, cursors that have expired. */
  readonly troubles: string[] = [];
  /** Whether the channel has come to its end. */
  completed = false;
  private socket: WebSocket | null = null;
  private since: unknown = 'earliest';

  /** @param payload of the subscription, without `since`. */
  constructor(private readonly payload: Record<string, unknown>) {}

  get lastOffset(): number {
    return this.heard.at(-1)?.offset ?? -1;
  }

  /** Leaves the gateway where it is, if it is at one, and resolves when this one has taken the subscription. */
  async moveTo(gateway: Service): Promise<void> {
    this.leave();
    const socket = new WebSocket(gateway.url('gateway', '/v1/live').replace('http', 'ws'));
    this.socket = socket;
    await new Promise<void>((resolve, reject) => {
      // A gateway that is killed cuts it off.
      socket.on('error', reject);
      socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
      socket.on('message', (data: Buffer) => {
        if (this.socket !== socket) return;
        const text = data.toString();
        const message = JSON.parse(text) as HeardMessage & { type: string; epoch: string };
        const { offset, payload, epoch } = message;
        switch (message.type) {
          case 'connection_ack':
            socket.send(
              JSON.stringify({ type: 'subscribe', id: 's', payload: { ...this.payload, since: this.since } }),
            );
            break;
          case 'subscribed':
            resolve();
            break;
          case 'next':
            this.heard.push({ offset, payload });
            this.since = { epoch, offset };
            break;
          case 'complete':
            this.completed = true;
            break;
          case 'gap':
          case 'error':
            this.troubles.push(text);
            resolve();
        }
      });
    });
  }

  leave(): void {
    this.socket?.terminate();
    this.socket = null;
  }
}
