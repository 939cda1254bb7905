import type * as Kafkajs from 'kafkajs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** kafkajs, loaded when it is first asked for: its 14 MB are not held by an app whose log is embedded. */
export function kafkajs(): typeof Kafkajs {
  return require('kafkajs') as typeof Kafkajs;
}

/** A file of its own layers, which its types do not describe. */
export function kafkajsFile<T>(path: string): T {
  return require(`kafkajs/src/${path}`) as T;
}
