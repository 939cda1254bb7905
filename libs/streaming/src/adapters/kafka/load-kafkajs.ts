import type * as Kafkajs from 'kafkajs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { gunzip } from './compression.js';

const require = createRequire(import.meta.url);

/** kafkajs, loaded when it is first asked for: its 14 MB are not held by an app whose log is embedded. */
export function kafkajs(): typeof Kafkajs {
  const loaded = require('kafkajs') as typeof Kafkajs;
  // Its own hands a message over in pieces of 16 KiB by way of other threads, each piece a callback.
  loaded.CompressionCodecs[loaded.CompressionTypes.GZIP] = () => GZIP;
  return loaded;
}

const GZIP = {
  compress: ({ buffer }: { buffer: Buffer }) => Promise.resolve(gzipSync(buffer)),
  decompress: (bytes: Buffer) => Promise.resolve(gunzip(bytes)),
};

/** A file of its own layers, which its types do not describe. */
export function kafkajsFile<T>(path: string): T {
  return require(`kafkajs/src/${path}`) as T;
}
