import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { problem } from '@hark/contracts';
import { ProblemError } from '@hark/service';
import type { Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { SchemaPipe } from '../http/schema.pipe.js';
import { LiveHub } from '../live/live-hub.js';
import { exportSession } from './session-export.js';
import { SessionIndex } from './session-index.js';
import { sessionRows } from './session-rows.js';
import { viewOf, type Session, type SessionView } from './session.js';

const listQuery = z.object({
  user: z.string().max(128).optional(),
  device: z.string().max(128).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.coerce.number().int().min(0).optional(),
});
const samplesQuery = z.object({ format: z.enum(['csv', 'ndjson']).default('csv') });

const CONTENT_TYPES = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' };

/** What each device recorded, newest first. */
@Controller('v1/sessions')
export class SessionsController {
  constructor(
    @Inject(SessionIndex) private readonly index: SessionIndex,
    @Inject(LiveHub) private readonly hub: LiveHub,
  ) {}

  @Get()
  list(@Query(new SchemaPipe(listQuery)) query: z.infer<typeof listQuery>): {
    sessions: SessionView[];
    next?: string;
  } {
    const { user, device, limit, cursor } = query;
    const found: Session[] = [];
    for (const session of this.index.newest(cursor ?? Infinity)) {
      if (user !== undefined && session.user !== user) continue;
      if (device !== undefined && session.device !== device) continue;
      if (found.length === limit) {
        return { sessions: found.map(viewOf), next: String(found[limit - 1].number) };
      }
      found.push(session);
    }
    return { sessions: found.map(viewOf) };
  }

  @Get(':id')
  get(@Param('id') id: string): SessionView {
    return viewOf(this.find(id));
  }

  @Get(':id/samples')
  async samples(
    @Param('id') id: string,
    @Query(new SchemaPipe(samplesQuery)) { format }: z.infer<typeof samplesQuery>,
    @Res() response: Response,
  ): Promise<void> {
    const session = this.find(id);
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

  private find(id: string): Session {
    const session = this.index.find(id);
    if (session !== null) return session;
    throw new ProblemError(
      problem(404, 'unknown_session', 'Unknown session', 'There is no session of this id.'),
    );
  }
}
