import { timingSafeEqual } from 'node:crypto';
import { statSync } from 'node:fs';
import { isExpired, sameEntry, type TokenEntry } from './token-entry.js';
import { readTokenFile } from './token-file.js';
import { tokenHash, tokenId } from './token.js';

export interface TokensOptions {
  /** Entries given by the environment; they take precedence over those of the file and last as long as the process. */
  readonly given: readonly TokenEntry[];
  /** The tokens file, which need not exist; null = none. */
  readonly file: string | null;
  /** Tokens are asked for even while there are none. */
  readonly required?: boolean;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
}

/** Compared with where there is no such id, so that a wrong id takes as long as a wrong secret. */
const NO_HASH = Buffer.alloc(32);

/** The tokens that are good now: those of the environment, and those of the file as it was when last looked at. */
export class Tokens {
  private entries: ReadonlyMap<string, TokenEntry> = new Map();
  private asked: boolean;
  /** Of the file when it was read last. */
  private seen: string | null = null;

  /** @throws TokenFileError when the file is there and can't be read. */
  constructor(private readonly options: TokensOptions) {
    this.asked = options.required ?? false;
    this.keep([]);
    this.refresh();
  }

  /**
   * Whether a token is asked for: once there has been one, or a tokens file, always. Taking the last token away from
   * a running service shuts it; it does not open it.
   */
  get required(): boolean {
    return this.asked;
  }

  /** Tokens that have not expired. */
  get size(): number {
    const now = this.options.now();
    return [...this.entries.values()].filter((entry) => !isExpired(entry, now)).length;
  }

  /** The entry that a token's text belongs to, or null. One hash and one comparison, whatever the text. */
  find(text: string): TokenEntry | null {
    const id = tokenId(text);
    const entry = id === null ? undefined : this.entries.get(id);
    const expected = entry === undefined ? NO_HASH : Buffer.from(entry.hash, 'hex');
    const equal = timingSafeEqual(tokenHash(text), expected);
    return equal && entry !== undefined && !isExpired(entry, this.options.now()) ? entry : null;
  }

  /** Whether what was found earlier would be found again, saying the same. */
  stillGood(entry: TokenEntry): boolean {
    const now = this.entries.get(entry.id);
    const same = now !== undefined && (now === entry || sameEntry(now, entry));
    return same && !isExpired(now, this.options.now());
  }

  /**
   * Looks whether the file has changed; cheap when not.
   *
   * @returns whether it was read again. @throws TokenFileError when it can't be: the tokens are as before then.
   */
  refresh(): boolean {
    const { file } = this.options;
    if (file === null) return false;
    const stamp = stampOf(file);
    if (stamp === this.seen) return false;
    // Before reading: what is written meanwhile has another stamp next time.
    this.seen = stamp;
    const entries = readTokenFile(file);
    if (entries !== null) this.asked = true;
    this.keep(entries ?? []);
    return true;
  }

  private keep(fromFile: readonly TokenEntry[]): void {
    this.entries = new Map([...fromFile, ...this.options.given].map((entry) => [entry.id, entry]));
    if (this.entries.size > 0) this.asked = true;
  }
}

/** Changes when the file is replaced, written to or made readable; null = there is none. */
function stampOf(file: string): string | null {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? null : `${stats.ino}:${stats.size}:${stats.ctimeNs}`;
}
