import { networkInterfaces } from 'node:os';

/** Addresses of this machine in private IPv4 networks come first: where phones are. */
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/;

/**
 * Addresses under which others reach a service that listens on `host`: its own, or for a wildcard those of the
 * machine's interfaces. None for loopback.
 */
export function lanAddresses(host: string): string[] {
  if (/^(localhost|127\.|::1$)/.test(host)) return [];
  if (host !== '0.0.0.0' && host !== '::') return [host];
  const found = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
  return found.sort((a, b) => Number(PRIVATE.test(b)) - Number(PRIVATE.test(a)));
}
