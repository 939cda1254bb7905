import { WebSocket } from 'ws';
import type { Service, WirePrediction } from './harness.js';

/** A record of `models`, as far as the tests look at it. */
export interface WireModelEvent {
  readonly kind: string;
  readonly manifest?: { readonly version: number };
  readonly to?: number;
  readonly command?: number | null;
}

/** Listens to the final predictions and to the model's events, from the first on. */
export class LiveListener {
  readonly predictions: WirePrediction[] = [];
  readonly models: WireModelEvent[] = [];
  readonly errors: string[] = [];
  /** When each version's first prediction came since it was asked for, by `performance.now()`. */
  private readonly waiting = new Map<number, (at: number) => void>();

  private constructor(private readonly socket: WebSocket) {}

  static async open(service: Service): Promise<LiveListener> {
    const socket = new WebSocket(service.url('gateway', '/v1/live').replace('http', 'ws'));
    const listener = new LiveListener(socket);
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
      socket.on('message', (data: Buffer) => {
        const text = data.toString();
        const message = JSON.parse(text) as { type: string; id?: string; payload?: unknown };
        if (message.type === 'connection_ack') {
          for (const channel of ['predictions', 'models']) {
            const payload = { channel, since: 'earliest' };
            socket.send(JSON.stringify({ type: 'subscribe', id: channel, payload }));
          }
          resolve();
        } else if (message.type === 'next' && message.id === 'models') {
          listener.models.push(message.payload as WireModelEvent);
        } else if (message.type === 'next') {
          const prediction = message.payload as WirePrediction;
          listener.predictions.push(prediction);
          listener.waiting.get(prediction.modelVersion)?.(performance.now());
          listener.waiting.delete(prediction.modelVersion);
        } else if (message.type === 'gap' || message.type === 'error') listener.errors.push(text);
      });
    });
    return listener;
  }

  /** Resolves with the time when the next prediction by this version comes. */
  next(version: number): Promise<number> {
    return new Promise((resolve) => this.waiting.set(version, resolve));
  }

  close(): void {
    this.socket.terminate();
  }
}
