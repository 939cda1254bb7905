import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '../clock.js';
import { Backpressure, type Outlet, type OutletLimits } from './outlet.js';

/** A ping that asks how far the reader has come carries this and the bytes sent before it. */
const MARK = 'at ';

/**
 * Frames to a WebSocket. All subscriptions of the socket share it. Frames come whole, header included, and go to the
 * connection itself: ws would make a header and two writes of each. It has nothing of its own in between, for it
 * compresses nothing here and sends pings and pongs as whole frames too.
 *
 * What has left this process may stand in the kernel for long: megabytes of it on a loopback. So every so many bytes
 * a ping is sent, which every WebSocket answers when it has read that far, and what has not been answered for counts
 * as waiting.
 */
export class SocketOutlet implements Outlet {
  private readonly pressure: Backpressure;
  private readonly markEveryBytes: number;
  private sent = 0;
  private marked = 0;
  private read = 0;

  /**
   * @param connection what the socket has been upgraded from.
   * @param stuck called when the reader has taken nothing for too long.
   */
  constructor(
    private readonly socket: WebSocket,
    private readonly connection: Duplex,
    clock: Clock,
    limits: OutletLimits,
    stuck: () => void,
  ) {
    this.markEveryBytes = limits.bufferBytes / 4;
    const buffered = (): number => Math.max(connection.writableLength, this.sent - this.read);
    this.pressure = new Backpressure(clock, limits, buffered, stuck);
  }

  get full(): boolean {
    return this.pressure.full;
  }

  /** Grows whenever something was taken while the buffer was full. */
  get progress(): number {
    return this.pressure.progress;
  }

  send(frame: Buffer): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.gather();
    this.connection.write(frame, this.pressure.left);
    this.sent += frame.length;
    if (this.sent - this.marked < this.markEveryBytes) return;
    this.marked = this.sent;
    this.socket.ping(MARK + this.sent);
  }

  /** @returns whether the pong answers one of this outlet's own pings. */
  acknowledged(pong: Buffer): boolean {
    const text = pong.toString('latin1');
    const read = text.startsWith(MARK) ? Number(text.slice(MARK.length)) : NaN;
    // An answer twice, or to what was never asked, is not one.
    if (!(read > this.read && read <= this.marked)) return false;
    this.read = read;
    this.pressure.left();
    return true;
  }

  drained(): Promise<void> {
    return this.pressure.drained();
  }

  /** What is sent before others get their turn leaves in one system call, which costs more than all else of a frame. */
  private gather(): void {
    const { connection } = this;
    if (connection.writableCorked > 0) return;
    connection.cork();
    process.nextTick(() => connection.uncork());
  }

  close(): void {
    this.pressure.close();
  }
}
