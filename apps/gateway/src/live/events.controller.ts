import { Controller, Get, Headers, Inject, Query, Res } from '@nestjs/common';
import { problem, type SubscribePayload } from '@hark/contracts';
import { Caller, ProblemError, type Principal } from '@hark/service';
import type { Response } from 'express';
import { SchemaPipe } from '../http/schema.pipe.js';
import { ChannelFeed } from './channel-feed.js';
import { EventStream } from './event-stream.js';
import { CURSOR, cursorOf, eventsQuery, type EventsQuery } from './events-query.js';
import { LiveHub } from './live-hub.js';
import { LIVE_LIMITS_TOKEN } from './live.gateway.js';
import type { LiveLimits } from './live-connection.js';

/** `GET /v1/events`: the channels as server-sent events, for `curl -N` and for pages. */
@Controller('v1/events')
export class EventsController {
  constructor(
    @Inject(LiveHub) private readonly hub: LiveHub,
    @Inject(LIVE_LIMITS_TOKEN) private readonly limits: LiveLimits,
  ) {}

  @Get()
  stream(
    @Query(new SchemaPipe(eventsQuery)) query: EventsQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Caller() { users }: Principal,
    @Res() response: Response,
  ): void {
    const resumed = lastEventId !== undefined && CURSOR.test(lastEventId) ? cursorOf(lastEventId) : undefined;
    const payload: SubscribePayload = { ...query, since: resumed ?? query.since ?? 'latest' };
    const feed = this.hub.find(payload, users);
    if (!(feed instanceof ChannelFeed)) {
      const title = feed.status === 404 ? 'Unknown channel' : 'Too many variants';
      throw new ProblemError(problem(feed.status, feed.code, title, feed.message));
    }
    new EventStream(response, feed, payload, users, this.hub.clock, this.limits, resumed !== undefined);
  }
}
