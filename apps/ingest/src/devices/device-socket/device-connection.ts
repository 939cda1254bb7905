import type { Problem } from '@hark/contracts';
import type { Principal } from '@hark/service';
import type { WebSocket } from 'ws';
import type { BudgetShare, InFlightBudget } from '../../front-door/in-flight-budget.js';
import { MessageRate } from './message-rate.js';

/** Bytes of one socket's messages that may wait to be durable: beyond it nothing more is read from it. */
const MAX_WAITING_BYTES = 1 << 20;
/** Bytes of answers that a device has not taken: beyond it nothing more is read from it. */
const MAX_UNREAD_BYTES = 1 << 18;
/** Messages and pings of one socket within a second, half a million samples at 50 each: the rest is read in the next. */
const MAX_MESSAGES_PER_SECOND = 10_000;
/** How long a device may take to answer a close frame before it is cut. */
const CLOSE_MS = 2000;

/** One device's socket: counts its messages, and reads no faster than what it sends is dealt with and answered. */
export class DeviceConnection {
  /** Whether the device has answered since it was last asked. */
  isAlive = true;
  private readonly rate = new MessageRate(MAX_MESSAGES_PER_SECOND);
  private count = 0;
  private waiting = 0;
  private paused = false;
  private resting: NodeJS.Timeout | null = null;
  private closing = false;

  constructor(
    private readonly socket: WebSocket,
    readonly principal: Principal,
    readonly address: string | null,
    private readonly budget: InFlightBudget,
    /** Wall clock, milliseconds since 1970. */
    private readonly now: () => number,
  ) {}

  /** Bytes of messages that are not answered yet. */
  get waitingBytes(): number {
    return this.waiting;
  }

  /** Whether it has been told to go: what still comes from it is not taken. */
  get isClosing(): boolean {
    return this.closing;
  }

  /**
   * Takes note of a message that has come.
   *
   * @returns its number, from 1 on.
   */
  received(): number {
    this.isAlive = true;
    this.slowDown();
    return ++this.count;
  }

  /** Answers a ping. */
  pinged(data: Buffer): void {
    this.isAlive = true;
    this.slowDown();
    this.socket.pong(data, false, this.goOn);
    this.hesitate();
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
    this.hesitate();
    return () => {
      share.release();
      this.waiting -= bytes;
      this.goOn();
    };
  }

  acknowledge(seq: number, more: object): void {
    this.send({ ack: seq, ...more });
  }

  refuse(seq: number, problem: Problem): void {
    this.send({ nack: seq, problem });
  }

  /** Says goodbye; a device that does not say it too is cut. */
  close(code: number, reason: string): void {
    this.closing = true;
    this.socket.close(code, reason);
    // Its own goodbye could not be seen.
    this.socket.resume();
    const cut = setTimeout(() => this.socket.terminate(), CLOSE_MS).unref();
    this.socket.once('close', () => clearTimeout(cut));
  }

  /** Cuts a socket that has not answered the last time; asks one that has. */
  heartbeat(): void {
    if (!this.isAlive) return this.socket.terminate();
    // While nothing is read from it, its answer can't be seen.
    this.isAlive = this.paused;
    this.socket.ping();
  }

  private send(message: object): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.socket.send(JSON.stringify(message), this.goOn);
    this.hesitate();
  }

  private slowDown(): void {
    const restMs = this.rate.taken(this.now());
    if (restMs === 0 || this.resting !== null) return;
    this.resting = setTimeout(() => {
      this.resting = null;
      this.goOn();
    }, restMs).unref();
    this.hesitate();
  }

  /** Reads nothing more while there is too much of something. */
  private hesitate(): void {
    if (this.paused || this.closing || !this.isOver(1)) return;
    this.paused = true;
    this.socket.pause();
  }

  private readonly goOn = (): void => {
    if (!this.paused || this.isOver(0.5)) return;
    this.paused = false;
    this.socket.resume();
  };

  private isOver(part: number): boolean {
    return (
      this.resting !== null ||
      this.waiting > MAX_WAITING_BYTES * part ||
      this.socket.bufferedAmount > MAX_UNREAD_BYTES * part
    );
  }
}
