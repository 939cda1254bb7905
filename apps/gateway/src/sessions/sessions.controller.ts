import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { problem, type SessionList, type SessionView } from '@hark/contracts';
import { Caller, ProblemError, type Principal } from '@hark/service';
import type { Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SchemaPipe } from '../http/schema.pipe.js';
import { LiveHub } from '../live/live-hub.js';
import { forgetTrimmed, keptOf } from './kept-sessions.js';
import { exportSession } from './session-export.js';
import { SessionIndex } from './session-index.js';
import { samplesQuery, sessionsQuery, type SamplesQuery, type SessionsQuery } from './session-requests.js';
import { sessionRows } from './session-rows.js';
import { viewOf, type Session } from './session.js';

const CONTENT_TYPES = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' };

/** What each device recorded, newest first; of users that the caller may not know of, nothing. */
@Controller('v1/sessions')
export class SessionsController {
  constructor(
    @Inject(SessionIndex) private readonly index: SessionIndex,
    @Inject(LiveHub) private readonly hub: LiveHub,
  ) {}

  @Get()
  async list(
    @Query(new SchemaPipe(sessionsQuery)) query: SessionsQuery,
    @Caller() caller: Principal,
  ): Promise<SessionList> {
    const earliest = await forgetTrimmed(this.index, this.hub.log);
    const view = (session: Session): SessionView => viewOf(keptOf(session, earliest));
    const { user, device, limit, cursor } = query;
    const found: Session[] = [];
    for (const session of this.index.newest(cursor ?? Infinity)) {
      if (!caller.sees(session.user) || (user !== undefined && session.user !== user)) continue;
      if (device !== undefined && session.device !== device) continue;
      if (found.length === limit) {
        return { sessions: found.map(view), next: String(found[limit - 1].number) };
      }
      found.push(session);
    }
    return { sessions: found.map(view) };
  }

  @Get(':id')
  async get(@Param('id') id: string, @Caller() caller: Principal): Promise<SessionView> {
    return viewOf(await this.find(id, caller));
  }

  @Get(':id/samples')
  async samples(
    @Param('id') id: string,
    @Query(new SchemaPipe(samplesQuery)) { format }: SamplesQuery,
    @Caller() caller: Principal,
    @Res() response: Response,
  ): Promise<void> {
    const session = await this.find(id, caller);
    response.set({
      'content-type': CONTENT_TYPES[format],
      'content-disposition': `attachment; filename="session-${session.id}.${format}"`,
    });
    const text = exportSession(sessionRows(this.hub.log, session), format);
    try {
      await pipeline(Readable.from(text), response);
    } catch (error) {
      // The reader went away in the middle; anything else cuts the answer short, which the reader sees.
      if ((error as { code?: unknown }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    }
  }

  private async find(id: string, caller: Principal): Promise<Session> {
    const earliest = await forgetTrimmed(this.index, this.hub.log);
    const session = this.index.find(id);
    if (session !== null && caller.sees(session.user)) return keptOf(session, earliest);
    throw new ProblemError(
      problem(404, 'unknown_session', 'Unknown session', 'There is no session of this id.'),
    );
  }
}
