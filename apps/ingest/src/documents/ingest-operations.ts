import { rowErrorSchema } from '@hark/contracts';
import { SERVICE_OPERATIONS, bothProblems, json, type Operation } from '@hark/service/documents';
import { z } from 'zod';
import { intakeProblemCodes } from '../front-door/intake-problems.js';
import { phoneOperations } from './phone-operations.js';
import {
  jsonSamples,
  producerStatus,
  samplesAnswer,
  samplesHeaders,
  samplesQuery,
} from './samples-schemas.js';

const ROW = {
  User: 'a',
  Device: 'nexus4_1',
  Model: 'nexus4',
  Sensor: 'accelerometer',
  Creation_Time: '1424696631913248572',
  Arrival_Time: 1424696633908,
  x: -5.958191,
  y: 0.6880646,
  z: 8.135345,
  gt: 'stand',
};

/** Every route of ingest. */
export function ingestOperations(activities: readonly string[] | null): readonly Operation[] {
  return [
    {
      method: 'POST',
      path: '/v1/samples',
      id: 'sendSamples',
      tag: 'samples',
      summary: 'Samples of phones and watches',
      description:
        '200 means durable: every accepted row is on disk. Good rows of a body are kept, bad ones are named. 8 MiB at ' +
        'most, also after inflating gzip or deflate.',
      query: samplesQuery,
      headers: samplesHeaders,
      body: {
        required: true,
        content: {
          'application/json': jsonSamples(activities),
          'application/x-ndjson': z.string().describe('one such object a line'),
          'text/csv': z.string().describe("HHAR's CSV with its header"),
          'text/tab-separated-values': z.string().describe('the same with tabs'),
          'application/x-protobuf': z.unknown().describe('hark.v1.SampleBatch of hark.proto'),
        },
      },
      answers: { 200: { description: 'what was taken and what was refused', content: json(samplesAnswer) } },
      problems: bothProblems(intakeProblemCodes(), {
        400: ['no_rows', ...rowErrorSchema.shape.code.options],
        415: ['unsupported_type'],
      }),
      example: { body: ROW },
    },
    {
      method: 'GET',
      path: '/v1/producers/:id',
      id: 'getProducer',
      tag: 'samples',
      summary: 'Where a client that numbers its batches goes on after a break',
      params: z.object({ id: z.string() }),
      answers: {
        200: { description: 'where it is; at 0 when it was never heard of', content: json(producerStatus) },
      },
      example: { params: { id: 'phone-7' } },
    },
    ...phoneOperations,
    ...SERVICE_OPERATIONS,
  ];
}
