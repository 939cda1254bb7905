import { problem, type SubscribePayload } from '@hark/contracts';
import type { UserScope } from '@hark/service';
import type { Response } from 'express';
import type { Clock } from '../clock.js';
import type { ChannelFeed } from './channel-feed.js';
import { eventFraming } from './framing.js';
import type { LiveLimits } from './live-connection.js';
import { Backpressure, type Outlet } from './outlet.js';

/**
 * One stream of server-sent events. Headers go out with the first event or comment, so a cursor that is not of this
 * log is still answered with a status: 410.
 */
export class EventStream implements Outlet {
  private readonly pressure: Backpressure;
  private cancelBeat: () => void;

  constructor(
    private readonly response: Response,
    feed: ChannelFeed,
    payload: SubscribePayload,
    users: UserScope,
    private readonly clock: Clock,
    private readonly limits: LiveLimits,
    /** Whether the cursor is a browser's that has connected again: it is told, and goes on, where it has expired. */
    private readonly resumed: boolean,
  ) {
    this.pressure = new Backpressure(
      clock,
      limits,
      () => response.writableLength,
      () => response.destroy(),
    );
    const subscription = feed.join(payload, users, eventFraming, this, {
      gap: (dropped) => this.write(`event: gap\ndata: {"dropped":${dropped},"reason":"slow_consumer"}\n\n`),
      expired: (message) => this.expire(message),
      failed: (code, message) => this.fail(code, message),
      // A browser remembers an id that stands alone, so it resumes from here also before the first message.
      begun: ({ epoch, offset }) => this.write(`: subscribed\nid: ${epoch}:${offset}\n\n`),
      completed: () => {
        this.write('event: complete\ndata: {}\n\n');
        response.end();
      },
    });
    this.cancelBeat = clock.after(limits.heartbeatMs, () => this.beat());
    response.on('close', () => {
      this.cancelBeat();
      feed.leave(subscription);
      this.pressure.close();
    });
  }

  get full(): boolean {
    return this.pressure.full;
  }

  send(frame: Buffer): void {
    this.write(frame);
  }

  drained(): Promise<void> {
    return this.pressure.drained();
  }

  private open(): void {
    const { response } = this;
    if (response.headersSent || response.destroyed) return;
    response.status(200).set({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.flushHeaders();
    response.write('retry: 1000\n\n');
  }

  private write(text: string | Buffer): void {
    if (this.response.destroyed || this.response.writableEnded) return;
    this.open();
    this.response.write(text, this.pressure.left);
  }

  private beat(): void {
    // Nothing more is added for a reader whose buffer is full.
    if (!this.full) this.write(': heartbeat\n\n');
    this.cancelBeat = this.clock.after(this.limits.heartbeatMs, () => this.beat());
  }

  private expire(message: string): boolean {
    if (!this.resumed) this.fail('cursor_expired', message);
    else this.write(`event: expired\ndata: ${JSON.stringify({ code: 'cursor_expired', message })}\n\n`);
    return this.resumed;
  }

  private fail(code: string, message: string): void {
    const { response } = this;
    if (response.headersSent) {
      this.write(`event: failed\ndata: ${JSON.stringify({ code, message })}\n\n`);
      response.end();
      return;
    }
    const answer =
      code === 'cursor_expired'
        ? problem(410, code, 'Cursor expired', message)
        : problem(503, code, 'Log unavailable', message);
    response.status(answer.status).type('application/problem+json').send(JSON.stringify(answer));
  }
}
