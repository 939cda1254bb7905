import { json, type Operation } from '@hark/service/documents';
import { z } from 'zod';

/** The page, and the document of the live channels. */
export const PAGE_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: '/',
    id: 'getPage',
    tag: 'documents',
    summary: 'The dashboard: devices, model versions, labels, replays',
    answers: { 200: { description: 'the page', content: { 'text/html': z.string() } } },
  },
  {
    method: 'GET',
    path: '/assets/:file',
    id: 'getPageFile',
    tag: 'documents',
    summary: 'A file that the dashboard loads; its name changes with its content',
    params: z.strictObject({ file: z.string().min(1) }),
    problems: { 404: ['unknown_file'] },
    example: { params: { file: 'index.js' } },
    answers: {
      200: { description: 'the file', content: { 'text/javascript': z.string(), 'text/css': z.string() } },
    },
  },
  {
    method: 'GET',
    path: '/asyncapi.json',
    id: 'getAsyncApi',
    tag: 'documents',
    summary: 'The live channels, as a document',
    answers: {
      200: { description: 'AsyncAPI 3.0', content: json(z.looseObject({ asyncapi: z.string() })) },
    },
  },
];
