import { indexOfLineFeed } from './line-feed.js';
import { LineHead } from './line-head.js';
import { RunScanner } from './run-index.js';

const LF = 10;

const USER = /"User"\s*:\s*"((?:[^"\\]|\\.)*)"/;
const DEVICE = /"Device"\s*:\s*"((?:[^"\\]|\\.)*)"/;

/**
 * Runs of a file of JSON lines. A line that begins as the one before it, up to the later of the two names and but for
 * digits outside of them, is of the same device.
 */
export class JsonRunScanner extends RunScanner {
  private readonly decoder = new TextDecoder();
  private last = '';
  private readonly user = new RepeatedMember('User');
  private readonly device = new RepeatedMember('Device');
  private readonly head = new LineHead();

  scan(bytes: Uint8Array, start: number, end: number, base: number): void {
    const { user, device, head } = this;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, end);
    const view = new DataView(bytes.buffer, bytes.byteOffset, end);
    for (let p = start; p < end;) {
      if (head.begins(view, p, end)) {
        this.row++;
        p = indexOfLineFeed(bytes, view, p + head.length, end) + 1;
        continue;
      }
      const found = buffer.indexOf(LF, p);
      const lineEnd = found < 0 ? end : found;
      if (user.repeats(buffer, p, lineEnd) && device.repeats(buffer, p, lineEnd)) {
        this.row++;
        p = lineEnd + 1;
        continue;
      }
      const lineBytes = bytes.subarray(p, lineEnd);
      const line = this.decoder.decode(lineBytes);
      head.forget();
      if (line.trim() !== '') {
        const userFound = USER.exec(line);
        const deviceFound = DEVICE.exec(line);
        if (userFound !== null && deviceFound !== null) {
          user.remember(userFound[0]);
          device.remember(deviceFound[0]);
          // Only where a character is a byte each match stands where it is said to.
          if (line.length === lineBytes.length) this.rememberHead(lineBytes, [userFound, deviceFound]);
          const key = `${userFound[1]}\u0000${deviceFound[1]}`;
          if (key !== this.last) {
            this.last = key;
            this.begin(key, base + p);
          }
        }
        this.row++;
      }
      p = lineEnd + 1;
    }
  }

  private rememberHead(line: Uint8Array, names: readonly RegExpExecArray[]): void {
    const same = names.map((found) => ({ from: found.index, to: found.index + found[0].length }));
    this.head.remember(line.subarray(0, Math.max(...same.map(({ to }) => to))), same);
  }
}

/** A member as it was written last: mostly the next line has the same, byte for byte. */
class RepeatedMember {
  private readonly key: Buffer;
  private written: Buffer = Buffer.alloc(0);

  constructor(name: string) {
    this.key = Buffer.from(`"${name}"`);
  }

  remember(written: string): void {
    this.written = Buffer.from(written);
  }

  /** Whether the first occurrence of the key in the line begins the member as it was written last. */
  repeats(buffer: Buffer, from: number, to: number): boolean {
    const { key, written } = this;
    if (written.length === 0) return false;
    const at = buffer.indexOf(key, from);
    return at >= 0 && at + written.length <= to && written.equals(buffer.subarray(at, at + written.length));
  }
}
