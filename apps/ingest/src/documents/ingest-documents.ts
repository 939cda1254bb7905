import { problemSchema, rowErrorSchema } from '@hark/contracts';
import {
  DocumentsModule,
  SchemaBook,
  madeOnce,
  openApiDocument,
  type OpenApiDocument,
} from '@hark/service/documents';
import type { DynamicModule } from '@nestjs/common';
import { ingestOperations } from './ingest-operations.js';
import { samplesAnswer } from './samples-schemas.js';

const DESCRIPTION = `Where devices send to. What becomes of the samples is asked of the gateway, which has a document of its own.

Every error is RFC 9457 application/problem+json, with a stable code. Besides the answers listed there is 500 internal_error, which is not foreseen, 405 method_not_allowed with Allow, and 404 not_found.`;

/** Ingest as an OpenAPI document. */
export function ingestOpenApi(activities: readonly string[] | null): OpenApiDocument {
  return openApiDocument({
    title: 'Hark: ingest',
    version: '0.1.0',
    description: DESCRIPTION,
    tags: {
      samples: 'Samples in, durable when they are answered.',
      phones: 'Apps that phones have already, and how they are connected.',
      operating: 'For probes, Prometheus and operators.',
      documents: 'What is described here.',
    },
    operations: ingestOperations(activities),
    book: new SchemaBook({ Problem: problemSchema, RowError: rowErrorSchema, SamplesAnswer: samplesAnswer }),
  });
}

/** Serves `/openapi.json` and `/docs`. */
export function ingestDocuments(activities: readonly string[] | null): DynamicModule {
  return DocumentsModule.register(
    madeOnce(() => ingestOpenApi(activities)),
    'http://127.0.0.1:3001',
  );
}
