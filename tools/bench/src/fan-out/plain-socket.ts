import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

const enum Op {
  Text = 1,
  Close = 8,
  Ping = 9,
  Pong = 10,
}

/** What a socket hears. `frame` is valid during the call alone. */
export interface Listener {
  text(frame: Buffer): void;
  /** The code of the close frame, or 1006 where there was none. */
  closed(code: number): void;
}

/**
 * A WebSocket client that does no more than a load generator needs, so that ten thousand of them cost less than what
 * they measure: no compression, no fragments, text in small frames out.
 */
export class PlainSocket {
  private rest: Buffer = EMPTY;
  private upgraded = false;
  private code = 1006;

  private constructor(
    private readonly socket: Socket,
    private readonly listener: Listener,
    private readonly opened: () => void,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (data) => this.take(data));
    socket.on('error', () => undefined);
    socket.on('close', () => listener.closed(this.code));
  }

  static open(port: number, path: string, listener: Listener): Promise<PlainSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(
          `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
            `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
        ),
      );
      socket.once('error', reject);
      const plain: PlainSocket = new PlainSocket(socket, listener, () => resolve(plain));
    });
  }

  say(message: unknown): void {
    this.sayBytes(Buffer.from(JSON.stringify(message)));
  }

  /** Text in UTF-8. */
  sayBytes(text: Uint8Array): void {
    this.write(Op.Text, text);
  }

  ping(): void {
    this.write(Op.Ping, EMPTY);
  }

  /** Stops reading: what comes stays in the kernel, and pings are not answered. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  cut(): void {
    this.socket.destroy();
  }

  private take(data: Buffer): void {
    let bytes = this.rest.length === 0 ? data : Buffer.concat([this.rest, data]);
    if (!this.upgraded) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) {
        this.rest = bytes;
        return;
      }
      this.upgraded = true;
      bytes = bytes.subarray(end + 4);
      this.opened();
    }
    let at = 0;
    while (at + 2 <= bytes.length) {
      let length = bytes[at + 1] & 0x7f;
      let start = at + 2;
      if (length === 126 && at + 4 <= bytes.length) {
        length = bytes.readUInt16BE(at + 2);
        start = at + 4;
      } else if (length === 127 && at + 10 <= bytes.length) {
        length = bytes.readUInt32BE(at + 6);
        start = at + 10;
      } else if (length >= 126) break;
      if (start + length > bytes.length) break;
      this.frame(bytes[at] & 0x0f, bytes.subarray(start, start + length));
      at = start + length;
    }
    // A copy: a view would keep the whole chunk.
    this.rest = at === bytes.length ? EMPTY : Buffer.from(bytes.subarray(at));
  }

  private frame(op: number, payload: Buffer): void {
    if (op === Op.Text) this.listener.text(payload);
    else if (op === Op.Ping) this.write(Op.Pong, payload);
    else if (op === Op.Close) {
      this.code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
      this.socket.end();
    }
  }

  private write(op: Op, payload: Uint8Array): void {
    this.socket.write(Buffer.concat([headOf(op, payload.length), payload]));
  }
}

/** The head of a frame, masked with zeros. */
export function headOf(op: number, length: number): Buffer {
  const size = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + size + 4);
  head[0] = 0x80 | op;
  head[1] = 0x80 | (size === 0 ? length : size === 2 ? 126 : 127);
  if (size > 0) head.writeUIntBE(length, 2 + Math.max(0, size - 6), Math.min(size, 6));
  return head;
}

const EMPTY = Buffer.alloc(0);
