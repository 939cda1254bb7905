/**
 * Keys of an environment, in the order that LMDB sorts them (as bytes). Numbers are big-endian, 8 bytes. A frame's
 * key holds the offset of its *last* record: the first key at or behind an offset is then the frame that holds it,
 * and the last key of a partition says where it ends.
 */

const FRAME = 0x10;
const START = 0x11;
const SIZE = 0x12;
const JOURNAL = 0x20;
const STANDING = 0x21;
const SNAPSHOT = 0x22;
const SNAPSHOT_COPY = 0x23;
const REFERENCE = 0x24;
const REFERENCE_COPY = 0x25;
const PIECE = 0x26;

/** Version of this format; an environment of a later one is refused. */
export const FORMAT_KEY = Buffer.from([0x01]);
/** Number of writers opened so far: the last is the owner. */
export const OWNER_KEY = Buffer.from([0x02]);
/** Number of transactions committed. */
export const TRANSACTIONS_KEY = Buffer.from([0x03]);

/** Stands once the writer of this number has been taken over. */
export function fencedKey(owner: number): Buffer {
  return Buffer.concat([Buffer.from([0x04]), encodeNumber(owner)]);
}

export function frameKey(topic: string, partition: number, lastOffset: number): Buffer {
  return Buffer.concat([partitionPrefix(topic, partition), encodeNumber(lastOffset)]);
}

/** Sorts before every frame of the partition. */
export function partitionPrefix(topic: string, partition: number): Buffer {
  return Buffer.concat([named(FRAME, topic), encodeNumber(partition)]);
}

/** Offset of the first record kept; absent: 0. */
export function startKey(topic: string, partition: number): Buffer {
  return Buffer.concat([named(START, topic), encodeNumber(partition)]);
}

/** How many bytes had been appended to the partition with the record of this offset; see `SizeMarks`. */
export function sizeKey(topic: string, partition: number, lastOffset: number): Buffer {
  return Buffer.concat([sizePrefix(topic, partition), encodeNumber(lastOffset)]);
}

/** Sorts before every size of the partition. */
export function sizePrefix(topic: string, partition: number): Buffer {
  return Buffer.concat([named(SIZE, topic), encodeNumber(partition)]);
}

export function journalKey(runner: string, step: number): Buffer {
  return Buffer.concat([named(JOURNAL, runner), encodeNumber(step)]);
}

export function standingKey(runner: string): Buffer {
  return named(STANDING, runner);
}

/** The runner of a {@link standingKey}. */
export function runnerOf(key: Buffer): string {
  return key.toString('utf8', 1, key.length - 1);
}

export function snapshotKey(runner: string): Buffer {
  return named(SNAPSHOT, runner);
}

/** The same state once more, sealed for {@link snapshotKey}: a folder of an earlier build has none. */
export function snapshotCopyKey(runner: string): Buffer {
  return named(SNAPSHOT_COPY, runner);
}

/** Which pieces are the state of a runner, where it is not one value. */
export function referenceKey(runner: string): Buffer {
  return named(REFERENCE, runner);
}

/** The same once more, sealed for {@link referenceKey}. */
export function referenceCopyKey(runner: string): Buffer {
  return named(REFERENCE_COPY, runner);
}

/** @param generation of this runner's states in pieces, from 1 on. @param place 0, or 1 of the same piece once more. */
export function pieceKey(runner: string, generation: number, place: 0 | 1, piece: number): Buffer {
  const numbers = [generation, place, piece].map(encodeNumber);
  return Buffer.concat([named(PIECE, runner), ...numbers]);
}

/** Sorts behind every piece of the runner. */
export function piecesEnd(runner: string): Buffer {
  return Buffer.concat([named(PIECE, runner), Buffer.from([0xff])]);
}

/** The number that ends a frame's or a journal entry's key. */
export function numberOf(key: Buffer): number {
  return decodeNumber(key.subarray(key.length - NUMBER_BYTES));
}

/** Bytes of a number in keys and values. */
export const NUMBER_BYTES = 8;

export function encodeNumber(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(NUMBER_BYTES);
  bytes.writeUInt32BE(Math.floor(value / 0x1_0000_0000), 0);
  bytes.writeUInt32BE(value % 0x1_0000_0000, 4);
  return bytes;
}

export function decodeNumber(bytes: Buffer): number {
  return bytes.readUInt32BE(0) * 0x1_0000_0000 + bytes.readUInt32BE(4);
}

/** Names hold no zero byte, so one ends them: no name's keys lie between another's. */
function named(kind: number, name: string): Buffer {
  return Buffer.concat([Buffer.from([kind]), Buffer.from(name, 'utf8'), Buffer.from([0])]);
}
