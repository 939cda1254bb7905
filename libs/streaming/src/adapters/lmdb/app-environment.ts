import { statSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { CorruptLogError, TrimmedError, type LogRecord, type StoredDamage } from '../../log/log.js';
import { openValue } from './checked-value.js';
import { decodeFrame } from './frame.js';
import {
  FORMAT_KEY,
  NUMBER_BYTES,
  OWNER_KEY,
  TRANSACTIONS_KEY,
  decodeNumber,
  encodeNumber,
  frameKey,
  numberOf,
  partitionPrefix,
  startKey,
} from './keys.js';
import { PUT_RIGHT, repairedPayload } from './repaired-value.js';
import { requireWholeMetas, requireWholePages } from './pages/whole-pages.js';
import { readAgain } from './read-again.js';
import { DamagedFileError, LogFormatError } from './storage-errors.js';
import { StoredRunners } from './stored-runners.js';

/** Nothing has been trimmed. */
export const WHOLE_FORMAT = 1;
/** Partitions and journals may begin behind 0: what reads format 1 alone would take them for damaged. */
export const TRIMMED_FORMAT = 2;
/** States may stand in pieces: what reads format 2 alone would take them for none. */
export const PIECES_FORMAT = 3;
const FORMAT = PIECES_FORMAT;

/** One reader slot a process is the rule; a slot takes 64 bytes of the lock file. */
const MAX_READERS = 254;

/** LMDB's two meta pages are the first that it writes, in one. */
const META_PAGES_BYTES = 8192;

/** A file smaller than this holds them and nothing else. */
const JUST_MADE_BYTES = 16_384;

/**
 * The LMDB environment of one app: the topics that it owns, and its runners. Reading is synchronous
 * and sees every transaction committed so far, by whatever process.
 *
 * A transaction is on disk before readers see it (`overlappingSync` off): nobody ever has to go back, and other
 * processes can open the environment for reading alone.
 */
export class AppEnvironment {
  readonly runners: StoredRunners;
  private formatChecked = false;
  private abandoned = false;
  /** Damage that has been told of. */
  private readonly told = new Set<string>();
  /** Damaged records that were read again in vain, by `topic/partition/offset`. */
  private readonly damaged = new Set<string>();

  private constructor(
    readonly path: string,
    readonly store: RootDatabase<Buffer, Buffer>,
    readonly writable: boolean,
    private readonly onDamage: (damage: StoredDamage) => void,
  ) {
    this.runners = new StoredRunners(
      store,
      () => this.readable(),
      (what, instead) => this.tell(what, instead),
    );
  }

  /**
   * Opens the environment of an app for reading; `null` when the app has not made it yet, or is just making it.
   * @throws DamagedFileError
   */
  static openExisting(path: string, onDamage: (damage: StoredDamage) => void): AppEnvironment | null {
    const size = sizeOf(path);
    if (size === 0) return null;
    try {
      return AppEnvironment.openStore(path, false, onDamage);
    } catch (error) {
      const isBeingMade = size < (error instanceof DamagedFileError ? META_PAGES_BYTES : JUST_MADE_BYTES);
      if (isBeingMade) return null;
      throw error;
    }
  }

  /**
   * Opens the environment of an app for writing, made when it is absent.
   * @throws DamagedFileError
   */
  static open(path: string, onDamage: (damage: StoredDamage) => void): AppEnvironment {
    return AppEnvironment.openStore(path, true, onDamage);
  }

  private static openStore(
    path: string,
    writable: boolean,
    onDamage: (damage: StoredDamage) => void,
  ): AppEnvironment {
    const isThere = sizeOf(path) > 0;
    if (isThere) requireWholeMetas(path);
    const store = open<Buffer, Buffer>({
      path,
      noSubdir: false,
      readOnly: !writable,
      overlappingSync: false,
      encoding: 'binary',
      keyEncoding: 'binary',
      maxReaders: MAX_READERS,
      // The writer groups commits itself, and lmdb-js's grouping makes a promise of its own for each turn, whose
      // rejection nobody could handle.
      eventTurnBatching: false,
    });
    try {
      if (isThere) requireWhole(store, path, writable);
    } catch (error) {
      // Whoever tries again opens it anew.
      void store.close();
      throw error;
    }
    return new AppEnvironment(path, store, writable, onDamage);
  }

  /**
   * Makes the caller the owner and fences the one before.
   * @returns the number of this owner.
   */
  takeOver(fence: (owner: number) => Buffer): Promise<number> {
    return this.store.transaction(() => {
      const format = this.number(FORMAT_KEY);
      if (format > FORMAT) throw new LogFormatError(this.path, format, FORMAT);
      const before = this.number(OWNER_KEY);
      if (format === 0) void this.store.put(FORMAT_KEY, encodeNumber(WHOLE_FORMAT));
      void this.store.put(OWNER_KEY, encodeNumber(before + 1));
      if (before > 0) void this.store.put(fence(before), Buffer.from([1]));
      return before + 1;
    });
  }

  format(): number {
    this.store.resetReadTxn();
    return this.number(FORMAT_KEY);
  }

  /** Number of transactions committed; also tells whether something has changed. */
  transactions(): number {
    this.store.resetReadTxn();
    return this.number(TRANSACTIONS_KEY);
  }

  has(key: Buffer): boolean {
    this.store.resetReadTxn();
    return this.store.get(key) !== undefined;
  }

  /** See {@link LogReader.read}: whole frames, up to the one that reaches `maxBytes`. */
  read(topic: string, partition: number, from: number, maxBytes: number): LogRecord[] {
    try {
      return readAgain(
        () => this.readSnapshot(topic, partition, from, maxBytes),
        (error) => error instanceof CorruptLogError && !this.damaged.has(placeOf(error)),
      );
    } catch (error) {
      if (error instanceof CorruptLogError) this.damaged.add(placeOf(error));
      throw error;
    }
  }

  private readSnapshot(topic: string, partition: number, from: number, maxBytes: number): LogRecord[] {
    const records: LogRecord[] = [];
    if (!this.readable()) return records;
    const earliest = this.startOf(topic, partition);
    if (from < earliest) throw new TrimmedError(topic, from, earliest);
    let next = from;
    let bytes = 0;
    const start = frameKey(topic, partition, from);
    const end = partitionPrefix(topic, partition + 1);
    for (const { key, value } of this.store.getRange({ start, end })) {
      const last = numberOf(key);
      let payload = openValue(key, value);
      if (payload === null) {
        payload = repairedPayload(key, value);
        if (payload === null) throw new CorruptLogError(topic, partition, next, last + 1);
        this.tell(`record ${next} of ${topic}/${partition}`, PUT_RIGHT);
      }
      const before = records.length;
      bytes += decodeFrame(payload, last, next, records);
      const { offset } = records[before];
      // The frame in between is gone.
      if (offset !== next) throw new CorruptLogError(topic, partition, next, offset);
      next = last + 1;
      if (bytes >= maxBytes) break;
    }
    return records;
  }

  end(topic: string, partition: number): number {
    if (!this.readable()) return 0;
    const start = frameKey(topic, partition, Number.MAX_SAFE_INTEGER);
    const end = partitionPrefix(topic, partition);
    for (const key of this.store.getKeys({ start, end, reverse: true, limit: 1 })) return numberOf(key) + 1;
    return this.startOf(topic, partition);
  }

  earliest(topic: string, partition: number): number {
    return this.readable() ? this.startOf(topic, partition) : 0;
  }

  /** Keys of the first frames that hold nothing but records before the offset. */
  framesBefore(topic: string, partition: number, offset: number, limit: number): Buffer[] {
    if (!this.readable()) return [];
    const [start, end] = [partitionPrefix(topic, partition), frameKey(topic, partition, offset)];
    return [...this.store.getKeys({ start, end, limit })];
  }

  /** Lets lmdb-js forget a transaction that failed: its `close` would wait for ever for that one's flush. */
  async recover(): Promise<void> {
    await this.store.transaction(() => undefined);
  }

  /** The disk has failed and LMDB may block: the environment stays open until the process ends. */
  abandon(): void {
    this.abandoned = true;
  }

  async close(): Promise<void> {
    if (!this.abandoned) await this.store.close();
  }

  /** Once of each damage: what is damaged may be read often. */
  private tell(what: string, instead: string): void {
    if (this.told.has(what)) return;
    this.told.add(what);
    this.onDamage({ what, instead });
  }

  private startOf(topic: string, partition: number): number {
    return this.number(startKey(topic, partition));
  }

  /** Moves to the newest transaction. False while the app is only just making its environment. */
  private readable(): boolean {
    this.store.resetReadTxn();
    if (this.formatChecked) return true;
    const format = this.number(FORMAT_KEY);
    if (format > FORMAT) throw new LogFormatError(this.path, format, FORMAT);
    if (format === 0 && this.store.get(FORMAT_KEY) !== undefined) throw this.damagedNumber();
    return (this.formatChecked = format > 0);
  }

  private number(key: Buffer): number {
    const bytes = this.store.get(key);
    if (bytes === undefined) return 0;
    const number = bytes.length === NUMBER_BYTES ? decodeNumber(bytes) : NaN;
    if (!Number.isSafeInteger(number)) throw this.damagedNumber();
    return number;
  }

  private damagedNumber(): DamagedFileError {
    return new DamagedFileError(join(this.path, 'data.mdb'), 'a number that all else is read by');
  }
}

function sizeOf(path: string): number {
  return statSync(join(path, 'data.mdb'), { throwIfNoEntry: false })?.size ?? 0;
}

const placeOf = ({ topic, partition, offset }: CorruptLogError): string => `${topic}/${partition}/${offset}`;

/**
 * Who writes an environment has it alone; beside whoever does, pages are looked at again.
 * @throws DamagedFileError
 */
function requireWhole(store: RootDatabase<Buffer, Buffer>, path: string, writable: boolean): void {
  const look = (): void => {
    const snapshot = store.useReadTransaction();
    try {
      requireWholePages(path, writable);
    } finally {
      snapshot.done();
    }
  };
  if (writable) look();
  else readAgain(look, (error) => error instanceof DamagedFileError);
}
