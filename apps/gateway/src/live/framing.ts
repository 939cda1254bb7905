import type { ChannelEntry } from './channel.js';

/** A text as an unmasked, final WebSocket frame (RFC 6455 section 5.2): made once, sent to any number of sockets. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = 0x81;
  if (head === 2) frame[1] = length;
  else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, head);
  return frame;
}

/** The bytes around a payload on one subscriber's wire. Equal prefixes make equal frames. */
export interface Framing {
  readonly prefix: string;
  readonly middle: string;
  readonly suffix: string;
  /** Makes a message's text what goes over the wire. */
  readonly encode: (text: string) => Buffer;
}

/** A `next` message of the WebSocket protocol. */
export function nextFraming(id: string, epoch: string): Framing {
  const head = `{"type":"next","id":${JSON.stringify(id)},"epoch":${JSON.stringify(epoch)},"offset":`;
  return { prefix: head, middle: ',"payload":', suffix: '}', encode: textFrame };
}

/** A server-sent event with the cursor as its id; JSON text holds no line breaks. */
export function eventFraming(epoch: string): Framing {
  return { prefix: `id: ${epoch}:`, middle: '\ndata: ', suffix: '\n\n', encode: (text) => Buffer.from(text) };
}

/** Frames of one entry; subscribers with the same framing share the bytes. */
export class EntryFrames {
  private readonly frames = new Map<string, Buffer>();

  constructor(readonly entry: ChannelEntry) {}

  frame({ prefix, middle, suffix, encode }: Framing): Buffer {
    let frame = this.frames.get(prefix);
    if (frame === undefined) {
      const { offset, payload } = this.entry;
      frame = encode(`${prefix}${offset}${middle}${payload}${suffix}`);
      this.frames.set(prefix, frame);
    }
    return frame;
  }
}
