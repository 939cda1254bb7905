import type { Logger } from 'pino';
import type { AccessControl } from './access-control.js';

/** A change of the tokens is noticed within this time. */
const EVERY_MS = 1000;

/** Looks for changes of the tokens as long as the process lives; does not keep it alive. */
export function watchAccess(access: AccessControl, logger: Logger): () => void {
  let fault: string | null = null;
  const look = (): void => {
    try {
      const { read, closed, tokens } = access.refresh();
      if (read) fault = null;
      if (read || closed > 0) logger.info({ tokens, closed }, 'the tokens have changed');
    } catch (error) {
      // Said once; tried again when the file has changed.
      if (fault === (error as Error).message) return;
      fault = (error as Error).message;
      logger.error({ err: error }, 'the tokens file is not in order: the tokens stay as they were');
    }
  };
  const timer = setInterval(look, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
