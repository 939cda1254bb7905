import type { Problem } from '@hark/contracts';
import type { Principal } from '@hark/service';
import type { WebSocket } from 'ws';
import type { BudgetShare, InFlightBudget } from '../../front-door/in-flight-budget.js';

/** Bytes of one socket's messages that may wait to be durable: beyond it nothing more is read from it. */
const MAX_WAITING_BYTES = 1 << 20;

/** One device's socket: counts its messages, and stops reading when too much of it waits. */
export class DeviceConnection {
  /** Whether the device has answered since it was last asked. */
  isAlive = true;
  private count = 0;
  private waiting = 0;
  private paused = false;

  constructor(
    private readonly socket: WebSocket,
    readonly principal: Principal,
    readonly address: string | null,
    private readonly budget: InFlightBudget,
  ) {}

  /** Bytes of messages that are not answered yet. */
  get waitingBytes(): number {
    return this.waiting;
  }

  /**
   * Takes note of a message that has come.
   *
   * @returns its number, from 1 on.
   */
  received(): number {
    this.isAlive = true;
    return ++this.count;
  }

  /**
   * Bytes that wait from now on.
   *
   * @returns what lets them go once they are dealt with.
   * @throws OverloadedError when all requests and messages together hold too many.
   */
  hold(bytes: number): () => void {
    const share: BudgetShare = this.budget.open();
    share.take(bytes);
    this.waiting += bytes;
    if (this.waiting > MAX_WAITING_BYTES && !this.paused) {
      this.paused = true;
      this.socket.pause();
    }
    return () => {
      share.release();
      this.waiting -= bytes;
      if (!this.paused || this.waiting > MAX_WAITING_BYTES / 2) return;
      this.paused = false;
      this.socket.resume();
    };
  }

  acknowledge(seq: number, more: object): void {
    this.send({ ack: seq, ...more });
  }

  refuse(seq: number, problem: Problem): void {
    this.send({ nack: seq, problem });
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  /** Cuts a socket that has not answered the last time; asks one that has. */
  heartbeat(): void {
    if (!this.isAlive) return this.socket.terminate();
    // While nothing is read from it, its answer can't be seen.
    this.isAlive = this.paused;
    this.socket.ping();
  }

  private send(message: object): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(message));
  }
}
