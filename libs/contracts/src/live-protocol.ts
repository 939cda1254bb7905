import { z } from 'zod';

/** The WebSocket protocol of `/v1/live`: JSON text, shaped like graphql-transport-ws. */

/** What a subscriber to `transitions` gets without asking for anything else. */
export const TRANSITION_DEFAULTS = { minConfidence: 0.6, dwellMs: 3000 } as const;

/** How far below `minConfidence` an activity is left, unless `leaveConfidence` says otherwise. */
export const LEAVE_MARGIN = 0.2;

export const CHANNELS = [
  'predictions',
  'transitions',
  'fused',
  'alerts',
  'models',
  'progress',
  'signal',
] as const;

const cursor = z.object({ epoch: z.string().max(64), offset: z.number().int().min(-1) });

/** What a subscriber asks for. `since` defaults to `latest`; an offset means: after this one. */
export const subscribePayload = z.object({
  /** One of {@link CHANNELS}, or `replay:<id>`; whether there is such a one is for the service to say. */
  channel: z.string(),
  users: z.array(z.string().max(128)).max(1000).optional(),
  devices: z.array(z.string().max(128)).max(1000).optional(),
  /** `append`: each window once, final; `update`: every revision. */
  mode: z.enum(['append', 'update']).default('append'),
  since: z
    .union(
      [cursor, z.enum(['earliest', 'latest'])],
      'expected "earliest", "latest" or {"epoch":…,"offset":…}',
    )
    .default('latest'),
  /** Of each device at most so many messages a second of wall clock: the newest wins. */
  maxRateHz: z.number().positive().max(1000).optional(),
  /** With `latest`: begin with the newest message of each device, or of each user, marked `"snapshot":true`. */
  snapshot: z.boolean().optional(),
  /** `transitions`: an activity is entered at this probability. */
  minConfidence: z.number().min(0).max(1).optional(),
  /** `transitions`: an activity is left below this probability; at most `minConfidence`. */
  leaveConfidence: z.number().min(0).max(1).optional(),
  /** `transitions`: how long, in event time, either must last. */
  dwellMs: z.number().int().min(0).max(3_600_000).optional(),
});
export type SubscribePayload = z.infer<typeof subscribePayload>;

const id = z.string().min(1).max(128);

export const clientMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('connection_init'),
    payload: z.object({ token: z.string().max(512).optional() }).optional(),
  }),
  z.object({ type: z.literal('subscribe'), id, payload: subscribePayload }),
  z.object({ type: z.literal('complete'), id }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('pong') }),
]);
export type ClientMessage = z.infer<typeof clientMessage>;

export type ServerMessage =
  | { type: 'connection_ack'; payload: { epoch: string; serverTime: string } }
  /** `offset` is that of the record before the first that is looked at: the cursor to resume from. */
  | { type: 'subscribed'; id: string; epoch: string; offset: number }
  | { type: 'next'; id: string; epoch: string; offset: number; payload: unknown }
  | { type: 'complete'; id: string }
  /** So many messages were skipped, or, before 4108, will not come on this socket. */
  | { type: 'gap'; id: string; dropped: number; reason: 'slow_consumer' }
  | { type: 'error'; id: string; payload: { code: string; message: string } }
  | { type: 'ping' }
  | { type: 'pong' };

/** Why a socket was closed. */
export const CLOSE_CODES = {
  badMessage: 4400,
  unauthorized: 4401,
  forbidden: 4403,
  initTimeout: 4408,
  idInUse: 4409,
  tooSlow: 4108,
} as const;
