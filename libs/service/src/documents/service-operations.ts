import { z } from 'zod';
import { json, type Operation } from './operation.js';

const healthLive = z.strictObject({ status: z.literal('live') });
const healthReady = z.strictObject({ status: z.literal('ready') });
const notReady = z.strictObject({
  status: z.literal('not ready'),
  missing: z.record(z.string(), z.string()).describe('what is missing, by part'),
});
export const statusSchema = z
  .looseObject({
    app: z.string(),
    version: z.string(),
    pid: z.int(),
    startedAt: z.iso.datetime(),
    ready: z.boolean(),
  })
  .describe('besides these, sections of the app');

/** What is served by every app that serves documents. */
export const SERVICE_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: '/health/live',
    id: 'getLiveness',
    tag: 'operating',
    summary: 'Whether the app lives',
    answers: { 200: { description: 'it does', content: json(healthLive) } },
  },
  {
    method: 'GET',
    path: '/health/ready',
    id: 'getReadiness',
    tag: 'operating',
    summary: 'Whether the app takes part',
    answers: {
      200: { description: 'it does', content: json(healthReady) },
      503: { description: 'it does not, yet or for now', content: json(notReady) },
    },
  },
  {
    method: 'GET',
    path: '/metrics',
    id: 'getMetrics',
    tag: 'operating',
    summary: 'Metrics for Prometheus',
    answers: { 200: { description: 'the metrics', content: { 'text/plain': z.string() } } },
  },
  {
    method: 'GET',
    path: '/v1/status',
    id: 'getStatus',
    tag: 'operating',
    summary: 'What the app knows of itself',
    answers: { 200: { description: 'the status', content: json(statusSchema) } },
  },
  {
    method: 'GET',
    path: '/openapi.json',
    id: 'getOpenApi',
    tag: 'documents',
    summary: 'This document',
    answers: {
      200: {
        description: 'OpenAPI 3.1',
        content: json(z.looseObject({ openapi: z.string() })),
      },
    },
  },
  {
    method: 'GET',
    path: '/docs',
    id: 'getDocs',
    tag: 'documents',
    summary: 'This document, for people',
    answers: { 200: { description: 'a page', content: { 'text/html': z.string() } } },
  },
];
