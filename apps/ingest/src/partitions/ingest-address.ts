import { hostname } from 'node:os';

/** Addresses that mean every interface of the machine. */
const EVERY: readonly string[] = ['0.0.0.0', '::'];

/** Where other processes reach one that listens at `host` and `port`, unless it was told (`HARK_INGEST_ADDRESS`). */
export function ingestAddress(told: string | undefined, host: string, port: number): string {
  if (told !== undefined) return told;
  if (EVERY.includes(host)) return `${hostname()}:${port}`;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
