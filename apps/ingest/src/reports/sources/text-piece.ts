import { openPlainFile } from '../../open-plain-file.js';

const NEWLINE = 0x0a;

/** Whole lines of a file. */
export interface TextPiece {
  readonly text: string;
  /** Where the next piece begins; null where the file ends. */
  readonly next: number | null;
}

/** About so many bytes of a file from an offset on, cut behind a line. @throws NotPlainFileError */
export async function textPiece(path: string, from: number, bytes: number): Promise<TextPiece> {
  const file = await openPlainFile(path);
  try {
    const { size } = await file.stat();
    // A line that is longer than a piece is read whole.
    for (let wanted = bytes; ; wanted *= 2) {
      const buffer = Buffer.alloc(Math.min(wanted, Math.max(0, size - from)));
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, from + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      const read = buffer.subarray(0, filled);
      if (from + filled >= size || filled < buffer.length) return { text: read.toString('utf8'), next: null };
      const end = read.lastIndexOf(NEWLINE) + 1;
      if (end > 0) return { text: read.toString('utf8', 0, end), next: from + end };
    }
  } finally {
    await file.close();
  }
}
