import { sessionList, sessionView } from '@hark/contracts';
import { bothProblems, json, type Operation } from '@hark/service/documents';
import { z } from 'zod';
import { samplesQuery, sessionsQuery } from '../sessions/session-requests.js';
import { QUERY_PROBLEMS } from './common-problems.js';
import { sessionParams } from './parameters.js';

const unknown = { 404: ['unknown_session'] };
const example = { params: { id: '59ed1f8a1d2b3c4d' } };

/** `/v1/sessions` */
export const SESSION_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: '/v1/sessions',
    id: 'listSessions',
    tag: 'sessions',
    summary: 'What each device recorded, cut at gaps, newest first',
    query: sessionsQuery,
    answers: { 200: { description: 'a page of sessions', content: json(sessionList) } },
    problems: QUERY_PROBLEMS,
    example: { query: { user: 'a', limit: '10' } },
  },
  {
    method: 'GET',
    path: '/v1/sessions/:id',
    id: 'getSession',
    tag: 'sessions',
    summary: 'A session',
    params: sessionParams,
    answers: { 200: { description: 'the session', content: json(sessionView) } },
    problems: unknown,
    example,
  },
  {
    method: 'GET',
    path: '/v1/sessions/:id/samples',
    id: 'exportSession',
    tag: 'sessions',
    summary: "The samples of a session, in HHAR's form",
    description: 'They can be posted to /v1/samples of the ingest app as they are.',
    params: sessionParams,
    query: samplesQuery,
    answers: {
      200: {
        description: 'the rows, in the order in which they arrived',
        content: { 'text/csv': z.string(), 'application/x-ndjson': z.string() },
      },
    },
    problems: bothProblems(unknown, QUERY_PROBLEMS),
    example: { ...example, query: { format: 'ndjson' } },
  },
];
