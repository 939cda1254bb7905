import type { ChannelEntry } from './channel.js';

/** The bytes around a payload on one subscriber's wire. Equal prefixes make equal frames. */
export interface Framing {
  readonly prefix: string;
  readonly middle: string;
  readonly suffix: string;
}

/** A `next` message of the WebSocket protocol. */
export function nextFraming(id: string, epoch: string): Framing {
  const head = `{"type":"next","id":${JSON.stringify(id)},"epoch":${JSON.stringify(epoch)},"offset":`;
  return { prefix: head, middle: ',"payload":', suffix: '}' };
}

/** A server-sent event with the cursor as its id; JSON text holds no line breaks. */
export function eventFraming(epoch: string): Framing {
  return { prefix: `id: ${epoch}:`, middle: '\ndata: ', suffix: '\n\n' };
}

/** Frames of one entry; subscribers with the same framing share the bytes. */
export class EntryFrames {
  private readonly frames = new Map<string, Buffer>();

  constructor(readonly entry: ChannelEntry) {}

  frame({ prefix, middle, suffix }: Framing): Buffer {
    let frame = this.frames.get(prefix);
    if (frame === undefined) {
      const { offset, payload } = this.entry;
      frame = Buffer.from(`${prefix}${offset}${middle}${payload}${suffix}`, 'utf8');
      this.frames.set(prefix, frame);
    }
    return frame;
  }
}
