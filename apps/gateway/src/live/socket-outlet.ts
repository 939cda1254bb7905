import type { WebSocket } from 'ws';
import type { Clock } from '../clock.js';
import { Backpressure, type Outlet, type OutletLimits } from './outlet.js';

const TEXT = { binary: false } as const;

/** Frames to a WebSocket. All subscriptions of the socket share it. */
export class SocketOutlet implements Outlet {
  private readonly pressure: Backpressure;

  /** @param stuck called when the reader has taken nothing for too long. */
  constructor(
    private readonly socket: WebSocket,
    clock: Clock,
    limits: OutletLimits,
    stuck: () => void,
  ) {
    this.pressure = new Backpressure(clock, limits, () => socket.bufferedAmount, stuck);
  }

  get full(): boolean {
    return this.pressure.full;
  }

  send(frame: Buffer): void {
    this.socket.send(frame, TEXT, this.pressure.left);
  }

  drained(): Promise<void> {
    return this.pressure.drained();
  }

  close(): void {
    this.pressure.close();
  }
}
