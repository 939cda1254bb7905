import { createServer } from 'node:net';

/** Whether a port can be listened on. */
export function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** The first free port from `port` on, not one of `taken`. */
export async function freePort(port: number, host: string, taken: ReadonlySet<number>): Promise<number> {
  for (let candidate = port; candidate < Math.min(port + 200, 65_536); candidate++) {
    if (!taken.has(candidate) && (await isFree(candidate, host))) return candidate;
  }
  return 0;
}
