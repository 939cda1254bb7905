import { json, type Operation } from '@hark/service/documents';
import { z } from 'zod';

const some = z.array(z.looseObject({}));

/** What the page shows of ingest: described there. */
export const DEVICE_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: '/v1/clients',
    id: 'listClients',
    tag: 'devices',
    summary: "How phones are connected: ingest's answer, none while it is not there",
    answers: {
      200: {
        description: 'as ingest has it',
        content: json(z.looseObject({ clients: some, warnings: z.array(z.string()) })),
      },
    },
  },
  {
    method: 'GET',
    path: '/v1/connections',
    id: 'listConnections',
    tag: 'devices',
    summary: "What devices have tried to send: ingest's answer, none while it is not there",
    answers: {
      200: { description: 'as ingest has it', content: json(z.looseObject({ connections: some })) },
    },
  },
];
