import { hostname } from 'node:os';
import { z } from 'zod';

/** `host:port` at which other processes of an app reach this one. */
export const addressSetting = z
  .string()
  .regex(/^[^\s:/]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/, 'expected host:port')
  .optional();

/** Addresses that mean every interface of the machine. */
const EVERY: readonly string[] = ['0.0.0.0', '::'];

/** Where other processes reach one that listens at `host` and `port`, unless it was told. */
export function ownAddress(told: string | undefined, host: string, port: number): string {
  if (told !== undefined) return told;
  if (EVERY.includes(host)) return `${hostname()}:${port}`;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
