import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** What was to be read is a link, or no file: what it leads to may be another's. */
export class NotPlainFileError extends Error {
  readonly code = 'not_a_plain_file';
  constructor(path: string) {
    super(`${path} is not a plain file`);
  }
}

/**
 * Opens a file of a folder into which others put files. A link is not followed, also where it has taken the file's
 * place since the folder was listed; of a pipe nothing is waited for.
 *
 * @throws NotPlainFileError, and with `code` ENOENT when there is none.
 */
export async function openPlainFile(path: string): Promise<FileHandle> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).code === 'ELOOP' ? new NotPlainFileError(path) : error;
  });
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new NotPlainFileError(path);
}
