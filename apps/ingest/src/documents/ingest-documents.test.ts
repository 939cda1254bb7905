import { rowErrorSchema } from '@hark/contracts';
import { ROUTES } from '@hark/service';
import { answersOf } from '@hark/service/documents';
import { describe, expect, it } from 'vitest';
import { ingestOpenApi } from './ingest-documents.js';
import { ingestOperations } from './ingest-operations.js';

const ACTIVITIES = ['walk', 'sit'];
const operations = ingestOperations(ACTIVITIES);

describe('the OpenAPI document of ingest', () => {
  it('has operations that the table of routes knows', () => {
    const listed = ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(operations.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/samples',
      'GET /v1/producers/:id',
      'POST /v1/sensor-logger',
      'POST /v1/phyphox',
      'POST /v1/phyphox/with-token',
      'GET /v1/clients',
      'GET /v1/clients/phyphox',
      'GET /v1/clients/phyphox/:code',
      'GET /v1/connections',
      'GET /asyncapi.json',
      'GET /health/live',
      'GET /health/ready',
      'GET /metrics',
      'GET /v1/status',
      'GET /openapi.json',
      'GET /docs',
    ]);
    expect(operations.filter(({ method, path }) => !listed.includes(`${method} ${path}`))).toEqual([]);
  });

  it('has every problem of the way in, under its status', () => {
    const answers = answersOf(operations[0]);
    expect([...answers.keys()]).toEqual([200, 400, 401, 403, 409, 413, 415, 429, 503]);
    expect(answers.get(503)?.description).toBe(
      'problem log_full, log_away, log_closed, log_disk, partition_away, fenced',
    );
    for (const code of rowErrorSchema.shape.code.options)
      expect(answers.get(400)?.description).toContain(code);
  });

  it('takes the activities that are known, and any well-formed name where all are', () => {
    const bodies = (activities: string[] | null) =>
      JSON.stringify(ingestOpenApi(activities).paths['/v1/samples'].post.requestBody);
    expect(bodies(ACTIVITIES)).toContain('"enum":["walk","sit"]');
    expect(bodies(null)).toContain('"pattern":"^[a-z0-9_-]{1,32}$"');
  });
});
