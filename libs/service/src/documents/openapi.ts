import type { z } from 'zod';
import { needOf } from '../access/routes.js';
import { answersOf } from './answers.js';
import type { Answer, Content, Operation } from './operation.js';
import type { JsonSchema, SchemaBook } from './schema-book.js';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
  readonly example?: string;
}

interface MediaType {
  readonly schema: JsonSchema;
  readonly example?: unknown;
}

export interface OpenApiOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, MediaType>>;
  };
  readonly responses: Readonly<Record<string, OpenApiResponse>>;
}

export interface OpenApiResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: JsonSchema }>>;
  readonly content?: Readonly<Record<string, MediaType>>;
}

export interface OpenApiDocument {
  readonly openapi: '3.1.1';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string; readonly description?: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
}

export interface OpenApiOptions {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  /** What each tag is about, in the order of the document. */
  readonly tags: Readonly<Record<string, string>>;
  readonly operations: readonly Operation[];
  readonly book: SchemaBook;
}

/** The operations as an OpenAPI 3.1 document, of the server that serves it. */
export function openApiDocument(options: OpenApiOptions): OpenApiDocument {
  const { title, version, description, tags, operations, book } = options;
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:([a-zA-Z]+)/g, '{$1}');
    (paths[path] ??= {})[operation.method.toLowerCase()] = describe(operation, book);
  }
  return {
    openapi: '3.1.1',
    info: { title, version, description },
    servers: [{ url: '/' }],
    tags: Object.entries(tags).map(([name, about]) => ({ name, description: about })),
    paths,
    components: {
      schemas: book.components,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A token, hk_<id>_<secret>, with the role that stands at the operation; a token with the role operate may ' +
            'do everything. Asked for wherever the service has tokens, and always beyond loopback.',
        },
      },
    },
  };
}

function describe(operation: Operation, book: SchemaBook): OpenApiOperation {
  const { id, tag, summary, description, params, query, headers, body, example, method, path } = operation;
  const need = needOf(method, path);
  const parameters = [
    ...parametersOf('path', params, example?.params, book),
    ...parametersOf('query', query, example?.query, book),
    ...parametersOf('header', headers, example?.headers, book),
  ];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: need === 'nothing' ? [] : [{}, { token: [need] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: {
        required: body.required,
        content: mediaTypes(body.content, (schema) => book.input(schema), example?.body),
      },
    }),
    responses: Object.fromEntries(
      [...answersOf(operation)].map(([status, answer]) => [status, response(answer, book)]),
    ),
  };
}

function parametersOf(
  place: Parameter['in'],
  schemas: z.ZodObject | undefined,
  examples: Readonly<Record<string, string>> = {},
  book: SchemaBook,
): Parameter[] {
  return Object.entries(schemas?.shape ?? {}).map(([name, field]) => {
    const { description, ...schema } = book.input(field as z.ZodType);
    return {
      name,
      in: place,
      required: place === 'path' || !(field as z.ZodType).safeParse(undefined).success,
      ...(typeof description === 'string' && { description }),
      schema,
      ...(examples[name] !== undefined && { example: examples[name] }),
    };
  });
}

function response({ description, content, headers }: Answer, book: SchemaBook): OpenApiResponse {
  return {
    description,
    ...(headers !== undefined && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, about]) => [
          name,
          { description: about, schema: { type: 'string' } },
        ]),
      ),
    }),
    ...(content !== undefined && { content: mediaTypes(content, (schema) => book.output(schema)) }),
  };
}

/** The example stands at the first type. */
function mediaTypes(
  content: Content,
  schemaOf: (schema: z.ZodType) => JsonSchema,
  example?: unknown,
): Record<string, MediaType> {
  return Object.fromEntries(
    Object.entries(content).map(([type, schema], i) => [
      type,
      { schema: schemaOf(schema), ...(i === 0 && example !== undefined && { example }) },
    ]),
  );
}
