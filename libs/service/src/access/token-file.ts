import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { tokenEntry, type TokenEntry } from './token-entry.js';

/** The tokens file is there and can't be read, or can't be written. */
export class TokenFileError extends Error {
  readonly code = 'token_file';
  constructor(
    readonly path: string,
    reason: string,
  ) {
    super(`${path}: ${reason}`);
  }
}

/** Another command is writing the file, or was cut off while it did. */
export class TokenFileBusyError extends TokenFileError {
  constructor(path: string, pending: string) {
    super(path, `somebody is writing it at this moment; if nobody is, remove ${pending}`);
  }
}

const content = z.strictObject({ version: z.literal(1), tokens: z.array(tokenEntry) });

/** Where the tokens of a data folder stand, unless `HARK_TOKENS_FILE` names another file. */
export function tokenFilePath(environment: Readonly<Record<string, string | undefined>>): string {
  return environment['HARK_TOKENS_FILE'] || join(environment['HARK_DATA'] || './data', 'tokens.json');
}

/** The entries, or null when there is no file. @throws TokenFileError */
export function readTokenFile(path: string): TokenEntry[] | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new TokenFileError(path, `it can't be read (${code ?? 'unknown'})`);
  }
  return parse(path, text);
}

/**
 * Replaces the entries by what `change` makes of them. The file is readable by its owner alone, and whoever reads it
 * sees the old entries or the new ones, never half of them.
 *
 * @throws TokenFileError, TokenFileBusyError, and what `change` throws: the file is as it was then.
 */
export function changeTokenFile(
  path: string,
  change: (entries: readonly TokenEntry[]) => readonly TokenEntry[],
): void {
  mkdirSync(dirname(path), { recursive: true });
  const pending = `${path}.new`;
  let file: number;
  try {
    // Also keeps a second command out until this one is done.
    file = openSync(pending, 'wx', 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new TokenFileBusyError(path, pending);
    throw new TokenFileError(path, `it can't be written (${code ?? 'unknown'})`);
  }
  try {
    try {
      const tokens = change(readTokenFile(path) ?? []);
      writeFileSync(file, `${JSON.stringify({ version: 1, tokens }, null, 2)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(pending, path);
  } catch (error) {
    rmSync(pending, { force: true });
    throw error;
  }
}

function parse(path: string, text: string): TokenEntry[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new TokenFileError(path, 'it is not JSON');
  }
  const result = content.safeParse(json);
  if (!result.success) {
    const [{ path: field, message }] = result.error.issues;
    throw new TokenFileError(path, `${field.map(String).join('.') || 'content'}: ${message}`);
  }
  const { tokens } = result.data;
  if (new Set(tokens.map(({ id }) => id)).size < tokens.length) {
    throw new TokenFileError(path, 'two tokens have the same id');
  }
  return tokens;
}
