import {
  StateFormatError,
  decodeJsonState,
  encodeJsonState,
  type Annotation,
  type IdRange,
} from '@hark/streaming';
import { z } from 'zod';

/** What is remembered of one recording of one phone. */
export interface StoredSession {
  /** User, device and session, see `sessionKey`. */
  readonly key: string;
  /** Messages that have come. */
  readonly ids: readonly IdRange[];
  readonly annotations: readonly Annotation[];
  readonly uncalibratedInG: boolean | null;
  readonly hasGravity: boolean;
  readonly hasAcceleration: boolean;
}

const FORMAT = 'the phones';
const VERSION = 1;

const schema = z.object({
  sessions: z.array(
    z.object({
      key: z.string(),
      ids: z.array(z.tuple([z.int(), z.int()])),
      annotations: z.array(z.object({ ms: z.number(), subNs: z.int(), text: z.string() })),
      uncalibratedInG: z.boolean().nullable(),
      hasGravity: z.boolean(),
      hasAcceleration: z.boolean(),
    }),
  ),
});

export function encodeSessions(sessions: readonly StoredSession[]): Uint8Array {
  return encodeJsonState(VERSION, { sessions });
}

/** @throws StateFormatError when the bytes are not a state of this version. */
export function decodeSessions(bytes: Uint8Array): StoredSession[] {
  const { data, error } = schema.safeParse(decodeJsonState(bytes, FORMAT, VERSION));
  if (error !== undefined) throw new StateFormatError(`not a state of ${FORMAT}: ${error.issues[0].message}`);
  return data.sessions;
}
