import { fileURLToPath } from 'node:url';

/** The folder in which the project is installed, as frames of a stack name it. */
const ROOT = new URL('../../../', import.meta.url);

/** An error as it stands in the log. */
export interface LoggedError {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  /** Of a fault of the program alone, without where it is installed. */
  readonly stack?: string;
}

/**
 * What the log says of an error: its name and what it says, not the fields it carries, which may hold what was sent.
 * An error with a `code` was foreseen and says all there is; only of others is it of use where in the program they
 * came from.
 */
export function loggedError(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { name, message, stack } = error;
  const { code } = error as { code?: unknown };
  const type = error.constructor.name || name;
  if (typeof code === 'string') return { type, code, message };
  return {
    type,
    message,
    ...(stack !== undefined && {
      stack: stack.replaceAll(ROOT.href, '').replaceAll(fileURLToPath(ROOT), ''),
    }),
  };
}
