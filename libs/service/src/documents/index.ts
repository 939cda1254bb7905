/** Operations of an app, and the documents that are made of them. */
export { PROBLEM_TYPE, answersOf, problemsOf } from './answers.js';
export type { DocsSection } from './docs-page.js';
export { DocumentsModule } from './documents.module.js';
export { Html, html } from './html.js';
export { madeOnce } from './made-once.js';
export { openApiDocument, type OpenApiDocument } from './openapi.js';
export {
  bothProblems,
  json,
  type Answer,
  type Content,
  type Example,
  type Operation,
  type ProblemCodes,
} from './operation.js';
export { SchemaBook, type JsonSchema } from './schema-book.js';
export { schemaText } from './schema-text.js';
export { SERVICE_OPERATIONS } from './service-operations.js';
