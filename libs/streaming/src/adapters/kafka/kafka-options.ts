import type { Compression } from './compression.js';

/** How a cluster is reached. Everything can be sent to a thread. */
export interface KafkaOptions {
  /** `host:port` of some brokers of the cluster; the others are found through them. */
  readonly brokers: readonly string[];
  /** What the names of all topics and transactions begin with: one cluster can hold several logs. */
  readonly prefix: string;
  /** Encrypted connections; absent = plain ones. Texts are PEM. */
  readonly tls?: { readonly ca?: string; readonly certificate?: string; readonly key?: string };
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** Copies of each partition when the log is made; absent = 3, or as many as there are brokers. */
  readonly replication?: number;
  /** How messages are compressed that are written; absent = `gzip`. Either is read. */
  readonly compression?: Compression;
  /** Memory for frames read or written lately. */
  readonly cacheBytes: number;
}
