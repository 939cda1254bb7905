import { StateFormatError, decodeJsonState, encodeJsonState } from '@hark/streaming';
import { z } from 'zod';
import type { ProducerEntries } from './producers.js';

/** What the front door remembers across restarts, committed together with the batches that changed it. */
export interface FrontDoorState {
  readonly producers: ProducerEntries;
  /** See {@link KnownActivities}. */
  readonly activities: readonly string[];
}

const FORMAT = 'the front door';
const VERSION = 1;

const schema = z.object({
  producers: z.array(
    z.tuple([
      z.string(),
      z.object({
        sequence: z.int().nonnegative(),
        finished: z.boolean(),
        devices: z.array(z.object({ user: z.string(), device: z.string() })),
      }),
    ]),
  ),
  activities: z.array(z.string()),
});

export function encodeFrontDoorState(state: FrontDoorState): Uint8Array {
  return encodeJsonState(VERSION, state);
}

/** @throws StateFormatError when the bytes are not a state of this version. */
export function decodeFrontDoorState(bytes: Uint8Array): FrontDoorState {
  const { data, error } = schema.safeParse(decodeJsonState(bytes, FORMAT, VERSION));
  if (error !== undefined) throw new StateFormatError(`not a state of ${FORMAT}: ${error.issues[0].message}`);
  return data;
}
