import { Controller, Get, Headers, Inject, Query, Req, Res } from '@nestjs/common';
import { problem, subscribePayload, type SubscribePayload } from '@hark/contracts';
import { ProblemError } from '@hark/service';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { ACCESS, type Access } from '../http/access.js';
import { SchemaPipe } from '../http/schema.pipe.js';
import { EventStream } from './event-stream.js';
import { LiveHub } from './live-hub.js';
import { LIVE_LIMITS_TOKEN } from './live.gateway.js';
import type { LiveLimits } from './live-connection.js';

const CURSOR = /^([^:]{1,64}):(-1|\d{1,15})$/;
const RATE = 'expected a number above 0 and up to 1000';
const list = z
  .string()
  .transform((text) => {
    const names = text.split(',').filter((name) => name !== '');
    return names.length === 0 ? undefined : names;
  })
  .refine(
    (names) => names === undefined || (names.length <= 1000 && names.every((name) => name.length <= 128)),
    {
      error: 'expected at most 1,000 names of at most 128 characters, separated by commas',
    },
  );
const sinceText = z
  .string()
  .refine((text) => text === 'earliest' || text === 'latest' || CURSOR.test(text), {
    error: 'expected earliest, latest or <epoch>:<offset>',
  })
  .transform(cursorOf);

const eventsQuery = z.object({
  channel: subscribePayload.shape.channel,
  users: list.optional(),
  devices: list.optional(),
  mode: subscribePayload.shape.mode,
  since: sinceText.optional(),
  maxRateHz: z.coerce.number(RATE).positive(RATE).max(1000, RATE).optional(),
});

/** `GET /v1/events`: the channels as server-sent events, for `curl -N` and for pages. */
@Controller('v1/events')
export class EventsController {
  constructor(
    @Inject(LiveHub) private readonly hub: LiveHub,
    @Inject(ACCESS) private readonly access: Access,
    @Inject(LIVE_LIMITS_TOKEN) private readonly limits: LiveLimits,
  ) {}

  @Get()
  stream(
    @Query(new SchemaPipe(eventsQuery)) query: z.infer<typeof eventsQuery>,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): void {
    const resumed = lastEventId !== undefined && CURSOR.test(lastEventId) ? cursorOf(lastEventId) : undefined;
    const payload: SubscribePayload = { ...query, since: resumed ?? query.since ?? 'latest' };
    const feed = this.hub.feed(payload.channel);
    if (feed === undefined) {
      throw new ProblemError(
        problem(404, 'unknown_channel', 'Unknown channel', this.hub.unknownChannel(payload.channel)),
      );
    }
    const refusal = this.access.subscribe(request, payload);
    if (refusal !== null) throw new ProblemError(problem(403, 'forbidden', 'Forbidden', refusal.message));
    new EventStream(response, feed, payload, this.hub.clock, this.limits);
  }
}

/** A cursor as an event's id: `epoch:offset`. */
function cursorOf(text: string): SubscribePayload['since'] {
  if (text === 'earliest' || text === 'latest') return text;
  const colon = text.lastIndexOf(':');
  return { epoch: text.slice(0, colon), offset: Number(text.slice(colon + 1)) };
}
