import { createGunzip } from 'node:zlib';
import { openPlainFile } from '../open-plain-file.js';

const NEWLINE = 0x0a;

/**
 * A file cut at line ends into pieces of about so many bytes; the same file is always cut alike. What ends in `.gz` is
 * unpacked.
 *
 * @throws NotPlainFileError
 */
export async function* filePieces(path: string, pieceBytes: number): AsyncGenerator<Uint8Array> {
  const file = (await openPlainFile(path)).createReadStream();
  const stream = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  file.on('error', (error) => stream.destroy(error));
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    held.push(chunk);
    bytes += chunk.length;
    while (bytes >= pieceBytes) {
      const all = Buffer.concat(held, bytes);
      const end = all.indexOf(NEWLINE, pieceBytes - 1) + 1;
      if (end === 0) {
        held = [all];
        break;
      }
      yield all.subarray(0, end);
      held = [all.subarray(end)];
      bytes = all.length - end;
    }
  }
  if (bytes > 0) yield Buffer.concat(held, bytes);
}
