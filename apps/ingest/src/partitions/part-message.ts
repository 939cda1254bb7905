import { decodeSampleBatch, encodeSampleBatch, RecordFormatError } from '@hark/contracts';
import type { Submission } from '../front-door/submission.js';

const text = { encoder: new TextEncoder(), decoder: new TextDecoder() };

/**
 * A submission as one ingest process hands it on to another: the length of the first part (4 bytes, little endian),
 * all but the rows as JSON, the rows as in the log.
 */
export function encodePart({ batch, encoded, ...rest }: Submission): Uint8Array {
  const about = text.encoder.encode(JSON.stringify(rest));
  const rows = encoded ?? encodeSampleBatch(batch);
  const message = new Uint8Array(4 + about.length + rows.length);
  new DataView(message.buffer).setUint32(0, about.length, true);
  message.set(about, 4);
  message.set(rows, 4 + about.length);
  return message;
}

/** @throws RecordFormatError */
export function decodePart(message: Uint8Array): Submission {
  if (message.length < 4) throw new RecordFormatError('a part begins with 4 bytes');
  const length = new DataView(message.buffer, message.byteOffset).getUint32(0, true);
  if (length > message.length - 4) throw new RecordFormatError('a part is cut off');
  const about = JSON.parse(text.decoder.decode(message.subarray(4, 4 + length))) as Omit<Submission, 'batch'>;
  return { ...about, batch: decodeSampleBatch(message.subarray(4 + length)) };
}
