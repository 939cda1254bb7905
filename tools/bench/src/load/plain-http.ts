import { connect, type Socket } from 'node:net';

/**
 * One connection for one request after the other, with no more than a load generator needs: so that a thousand of
 * them cost less than what they measure. Answers must say their length.
 */
export class PlainHttp {
  private rest: Buffer = Buffer.alloc(0);
  private waiting: {
    readonly resolve: (status: number) => void;
    readonly reject: (error: Error) => void;
  } | null = null;
  private failure: Error | null = null;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (data) => this.take(data));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('the connection was closed')));
  }

  static open(port: number): Promise<PlainHttp> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new PlainHttp(socket)));
      socket.once('error', reject);
    });
  }

  get busy(): boolean {
    return this.waiting !== null;
  }

  /** @returns the status of the answer. One request at a time. */
  post(path: string, contentType: string, body: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.failure !== null) return reject(this.failure);
      this.waiting = { resolve, reject };
      const head =
        `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${contentType}\r\n` +
        `Content-Length: ${body.length}\r\n\r\n`;
      const message = Buffer.allocUnsafe(head.length + body.length);
      message.write(head, 'latin1');
      message.set(body, head.length);
      this.socket.write(message);
    });
  }

  cut(): void {
    this.socket.destroy();
  }

  private take(data: Buffer): void {
    const bytes = this.rest.length === 0 ? data : Buffer.concat([this.rest, data]);
    this.rest = bytes;
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = bytes.toString('latin1', 0, end);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (bytes.length < end + 4 + length) return;
    this.rest = bytes.subarray(end + 4 + length);
    const { waiting } = this;
    this.waiting = null;
    waiting?.resolve(Number(head.slice(9, 12)));
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.waiting?.reject(this.failure);
    this.waiting = null;
  }
}
