import { createServer } from 'node:net';

/** The app can't listen where its settings say. */
export class NotListenableError extends Error {
  readonly code = 'not_listenable';
  constructor(app: string, port: number, host: string, cause: NodeJS.ErrnoException) {
    const where = `HARK_${app.toUpperCase()}_PORT=${port}`;
    super(
      cause.code === 'EADDRINUSE'
        ? `${where}: something listens on ${host}:${port} already; end it, or set another port, 0 for any free one`
        : `${where}, HARK_HOST=${JSON.stringify(host)}: an app can't listen there (${cause.code ?? cause.message})`,
      { cause },
    );
  }
}

/**
 * Makes sure that an app will be able to listen. To be asked before the app opens the log: opening it takes the log
 * away from the process that writes as this app, and an app started twice by mistake would end the one that runs.
 *
 * @throws NotListenableError
 */
export function requireListenable(app: string, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => reject(new NotListenableError(app, port, host, error)));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve()));
  });
}
