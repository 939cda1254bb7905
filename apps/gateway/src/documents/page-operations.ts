import { json, type Operation } from '@hark/service/documents';
import { z } from 'zod';

/** The page, and the document of the live channels. */
export const PAGE_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: '/',
    id: 'getPage',
    tag: 'documents',
    summary: 'A page: what is predicted now, and the versions',
    answers: { 200: { description: 'the page', content: { 'text/html': z.string() } } },
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
