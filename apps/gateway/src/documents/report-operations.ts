import {
  reportListSchema,
  reportProgressList,
  reportRowsSchema,
  reportStatusSchema,
  reportViewSchema,
} from '@hark/contracts';
import { bothProblems, json, type Operation, type ProblemCodes } from '@hark/service/documents';
import { z } from 'zod';
import { reportBody, rowsQuery } from '../reports/report-requests.js';
import { BODY_PROBLEMS, KEY_PROBLEMS, QUERY_PROBLEMS } from './common-problems.js';
import { keyHeaders } from './parameters.js';

const nameParams = z.object({ name: z.string().regex(/^[a-z0-9_-]{1,64}$/) });
const dropped = z.strictObject({ name: z.string() });
const unknown: ProblemCodes = { 404: ['unknown_report'] };
/** A change that ingest makes. */
const asked = bothProblems(BODY_PROBLEMS, KEY_PROBLEMS, { 503: ['log_full', 'log_away', 'ingest_silent'] });

/** `/v1/reports` */
export const REPORT_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: '/v1/reports',
    id: 'listReports',
    tag: 'reports',
    summary: 'All reports, for a token that may know of all users',
    answers: { 200: { description: 'the reports', content: json(reportListSchema) } },
    example: {},
  },
  {
    method: 'GET',
    path: '/v1/reports/:name',
    id: 'readReport',
    tag: 'reports',
    summary: 'The rows of a report',
    params: nameParams,
    query: rowsQuery,
    answers: { 200: { description: 'a page of its table', content: json(reportRowsSchema) } },
    problems: bothProblems(QUERY_PROBLEMS, unknown),
    example: { params: { name: 'activity_counts_10m' }, query: { limit: '20' } },
  },
  {
    method: 'GET',
    path: '/v1/reports/:name/progress',
    id: 'readReportProgress',
    tag: 'reports',
    summary: 'Its last 100 micro-batches, as StreamingQueryProgress',
    params: nameParams,
    answers: { 200: { description: 'the newest last', content: json(reportProgressList) } },
    problems: unknown,
    example: { params: { name: 'activity_counts_10m' } },
  },
  {
    method: 'GET',
    path: '/v1/reports/:name/status',
    id: 'readReportStatus',
    tag: 'reports',
    summary: 'What it is doing, as StreamingQueryStatus',
    params: nameParams,
    answers: { 200: { description: 'its status', content: json(reportStatusSchema) } },
    problems: unknown,
    example: { params: { name: 'activity_counts_10m' } },
  },
  {
    method: 'POST',
    path: '/v1/reports',
    id: 'createReport',
    tag: 'reports',
    summary: 'Begin a report, or change the logic of one',
    description:
      'A spec that breaks a rule is refused with the field and the rule. With replace, a report of that name gives way to this one, which goes on from its state; where the state does not fit, nothing changes and the answer says what to do.',
    headers: keyHeaders,
    body: { content: json(reportBody), required: true },
    answers: { 201: { description: 'it runs', content: json(reportViewSchema) } },
    problems: bothProblems(asked, {
      400: ['query_spec', 'webhook_not_allowed', 'malformed_command'],
      403: ['forbidden'],
      404: ['unknown_report'],
      409: ['report_exists', 'incompatible_change', 'too_many_reports'],
    }),
    example: {
      body: {
        name: 'walking',
        from: 'samples',
        where: [{ column: 'gt', op: '=', value: 'walk' }],
        groupBy: { columns: ['User'] },
        aggregate: [{ fn: 'count' }],
        outputMode: 'complete',
        trigger: { processingTime: '5 seconds' },
      },
    },
  },
  {
    method: 'POST',
    path: '/v1/reports/:name/stop',
    id: 'stopReport',
    tag: 'reports',
    summary: 'Stop it; its state is kept',
    params: nameParams,
    headers: keyHeaders,
    answers: { 200: { description: 'it has stopped', content: json(reportViewSchema) } },
    problems: bothProblems(asked, unknown),
    example: { params: { name: 'stairs' } },
  },
  {
    method: 'POST',
    path: '/v1/reports/:name/restart',
    id: 'restartReport',
    tag: 'reports',
    summary: 'Let it go on from its last step, after a stop, an end or a failure',
    params: nameParams,
    headers: keyHeaders,
    answers: { 200: { description: 'it runs', content: json(reportViewSchema) } },
    problems: bothProblems(asked, unknown),
    example: { params: { name: 'stairs' } },
  },
  {
    method: 'DELETE',
    path: '/v1/reports/:name',
    id: 'dropReport',
    tag: 'reports',
    summary: 'Drop it with its state; files that it has written stay',
    params: nameParams,
    headers: keyHeaders,
    answers: { 200: { description: 'it is gone', content: json(dropped) } },
    problems: bothProblems(asked, unknown, { 403: ['forbidden'] }),
    example: { params: { name: 'walking' } },
  },
];
