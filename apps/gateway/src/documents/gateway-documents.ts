import type { ActivityVocabulary } from '@hark/contracts';
import {
  DocumentsModule,
  SchemaBook,
  madeOnce,
  openApiDocument,
  type OpenApiDocument,
} from '@hark/service/documents';
import type { DynamicModule } from '@nestjs/common';
import { asyncApiDocument } from './asyncapi.js';
import { AsyncApiModule } from './asyncapi.module.js';
import { GATEWAY_TAGS, gatewayOperations } from './gateway-operations.js';
import { liveDocs } from './live-docs.js';
import { NAMED_SCHEMAS } from './named-schemas.js';

const VERSION = '0.1.0';

/** Where the gateway is unless it is told otherwise: for examples. */
const HOST = '127.0.0.1:3000';

const DESCRIPTION = `What subscribers and operators ask of Hark over HTTP: versions of the model and the way back, recorded sessions and their replay, late labels, alerts. Devices send to the ingest app, which has a document of its own at its /openapi.json, on port 3001 where nothing else was set. The live channels (WS /v1/live, GET /v1/events) are in /asyncapi.json.

Every error is RFC 9457 application/problem+json, with a stable code. Besides the answers listed there is 500 internal_error, which is not foreseen, 405 method_not_allowed with Allow, and 404 not_found.`;

/** The gateway as an OpenAPI document. */
export function gatewayOpenApi(activities: ActivityVocabulary): OpenApiDocument {
  return openApiDocument({
    title: 'Hark: gateway',
    version: VERSION,
    description: DESCRIPTION,
    tags: GATEWAY_TAGS,
    operations: gatewayOperations(activities),
    book: new SchemaBook(NAMED_SCHEMAS),
  });
}

/** Serves `/openapi.json`, `/asyncapi.json` and `/docs`, all made from what requests are checked with. */
export function documentsModules(activities: ActivityVocabulary): DynamicModule[] {
  const live = madeOnce(() => asyncApiDocument(VERSION, HOST));
  const document = madeOnce(() => gatewayOpenApi(activities));
  return [
    DocumentsModule.register(document, `http://${HOST}`, () => [liveDocs(live())]),
    AsyncApiModule.register(live),
  ];
}
