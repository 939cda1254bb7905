/** Bytes of one block; a longer piece has a block of its own. */
const BLOCK_BYTES = 1 << 20;
/** Every piece begins at a multiple of it, so that it may be looked at as numbers of any width. */
const ALIGNMENT = 8;

/**
 * Room that is handed out piece by piece and taken back as a whole: what is needed for a while, again and again, does
 * not become garbage that outlives the young generation.
 */
export class ByteArena {
  private readonly blocks: ArrayBuffer[] = [];
  private block = 0;
  private at = 0;

  /** So many bytes, whatever stands in them; they are the caller's until {@link clear}. */
  take(length: number): Uint8Array<ArrayBuffer> {
    while (this.block < this.blocks.length && this.blocks[this.block].byteLength - this.at < length) {
      this.block++;
      this.at = 0;
    }
    if (this.block === this.blocks.length) this.blocks.push(new ArrayBuffer(Math.max(BLOCK_BYTES, length)));
    const bytes = new Uint8Array(this.blocks[this.block], this.at, length);
    this.at += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
    return bytes;
  }

  /** A copy of the bytes in the arena. */
  copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    const copied = this.take(bytes.length);
    copied.set(bytes);
    return copied;
  }

  /** What was handed out is anybody's from now on. */
  clear(): void {
    this.block = this.at = 0;
  }
}
