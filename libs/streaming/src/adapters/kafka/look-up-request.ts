import type { KafkaFrame } from './frame-message.js';
import type { KafkaOptions } from './kafka-options.js';

/** What the thread is made with. */
export interface LookUpSetup {
  readonly options: KafkaOptions;
  /** One number that the asker sleeps on: 1 = answered. */
  readonly answered: Int32Array;
}

export interface LookUpRequest {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export type LookUpAnswer =
  | { readonly frames: readonly (Omit<KafkaFrame, 'payload'> & { readonly payload: Uint8Array })[] }
  | { readonly failure: string };
