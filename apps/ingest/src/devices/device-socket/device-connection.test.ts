import { problem } from '@hark/contracts';
import { Principal } from '@hark/service';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { InFlightBudget } from '../../front-door/in-flight-budget.js';
import { DeviceConnection } from './device-connection.js';

const BAD = problem(400, 'malformed', 'No row could be read', 'This is not JSON.');

/** A socket whose other side reads nothing until it is told to. */
class StalledSocket {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  reads = true;
  ended: string[] = [];
  private waiting: (() => void)[] = [];
  private closed: (() => void)[] = [];

  send(text: string, sent: () => void): void {
    this.bufferedAmount += text.length;
    this.waiting.push(sent);
  }
  pong(data: Buffer, _mask: boolean, sent: () => void): void {
    this.send(data.toString('latin1'), sent);
  }
  ping(): void {}
  pause(): void {
    this.reads = false;
  }
  resume(): void {
    this.reads = true;
  }
  close(code: number): void {
    this.ended.push(`close ${code}`);
  }
  terminate(): void {
    this.ended.push('cut');
  }
  once(_event: 'close', heard: () => void): void {
    this.closed.push(heard);
  }

  /** The other side reads all that waits for it. */
  drain(): void {
    this.bufferedAmount = 0;
    for (const sent of this.waiting.splice(0)) sent();
  }
  goodbye(): void {
    for (const heard of this.closed.splice(0)) heard();
  }
}

let nowMs: number;
let socket: StalledSocket;
let connection: DeviceConnection;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  nowMs = 1_700_000_000_000;
  socket = new StalledSocket();
  connection = new DeviceConnection(
    socket as unknown as WebSocket,
    Principal.local,
    null,
    new InFlightBudget(1 << 30),
    () => nowMs,
  );
});
afterEach(() => vi.useRealTimers());

describe('a device', () => {
  it('that does not read its answers is read no more, until it does', () => {
    let sent = 0;
    for (; socket.reads && sent < 100_000; sent++) {
      nowMs += 2;
      connection.refuse(connection.received(), BAD);
    }
    expect(socket.bufferedAmount).toBeLessThan(300_000);
    socket.drain();
    expect(socket.reads).toBe(true);
  });

  it('that does not read the answers to its pings is read no more, until it does', () => {
    for (let i = 0; socket.reads && i < 100_000; i++) {
      nowMs += 2;
      connection.pinged(Buffer.alloc(125));
    }
    expect(socket.bufferedAmount).toBeLessThan(300_000);
    socket.drain();
    expect(socket.reads).toBe(true);
  });

  it('that sends more than 10,000 messages and pings in a second is read again in the next', () => {
    for (let i = 0; i < 9999; i++) {
      if (i % 2 === 0) connection.received();
      else connection.pinged(Buffer.alloc(0));
      socket.drain();
    }
    expect(socket.reads).toBe(true);
    nowMs += 400;
    connection.received();
    expect(socket.reads).toBe(false);
    vi.advanceTimersByTime(599);
    expect(socket.reads).toBe(false);
    vi.advanceTimersByTime(1);
    expect(socket.reads).toBe(true);
  });

  it('that is told to go is cut after two seconds, unless it goes', () => {
    connection.close(4401, 'the token is good no longer');
    expect([connection.isClosing, socket.ended]).toEqual([true, ['close 4401']]);
    vi.advanceTimersByTime(1999);
    expect(socket.ended).toEqual(['close 4401']);
    vi.advanceTimersByTime(1);
    expect(socket.ended).toEqual(['close 4401', 'cut']);

    connection.close(1001, 'the service is stopping');
    socket.goodbye();
    vi.advanceTimersByTime(5000);
    expect(socket.ended).toEqual(['close 4401', 'cut', 'close 1001']);
  });
});
