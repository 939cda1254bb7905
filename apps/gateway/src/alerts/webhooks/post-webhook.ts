import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { request as requestHttp, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.js';
import type { PermittedUrl } from './webhook-allow-list.js';

/** The URL leads to this machine or its network, and its origin is not listed. */
export class PrivateAddressError extends Error {
  readonly code = 'private_address';
  constructor(
    readonly hostname: string,
    readonly address: string,
  ) {
    super(`${hostname} is ${address}, which is not an address of the public internet`);
  }
}

/**
 * Posts a body. The address that is connected to is the one that was looked at; redirects are not followed, and of the
 * answer nothing but the status is read.
 *
 * @param signal ends it.
 * @returns the status.
 * @throws PrivateAddressError before anything is sent, or whatever hindered it.
 */
export function postWebhook(
  { url, mayBePrivate }: PermittedUrl,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<number> {
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (!mayBePrivate && isIP(hostname) !== 0 && !isPublicAddress(hostname))
    return Promise.reject(new PrivateAddressError(hostname, hostname));
  return new Promise((resolve, reject) => {
    const options: RequestOptions = {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      agent: false,
      signal,
      ...(mayBePrivate ? {} : { lookup: publicLookup as NonNullable<RequestOptions['lookup']> }),
    };
    const request = url.protocol === 'https:' ? requestHttps(url, options) : requestHttp(url, options);
    request.once('error', reject);
    request.once('response', (response) => {
      // The socket is closed with what it may still bring.
      response.destroy();
      resolve(response.statusCode ?? 0);
    });
    request.end(body);
  });
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** As `dns.lookup`, but a name of which any address is private is not found. */
function publicLookup(hostname: string, options: LookupOptions, done: LookupCallback): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, '');
    const found = addresses.find(({ address }) => !isPublicAddress(address));
    if (found !== undefined) return done(new PrivateAddressError(hostname, found.address), '');
    if (options.all === true) return done(null, addresses);
    const [{ address, family }] = addresses;
    done(null, address, family);
  });
}
