import type { JsonSchema } from '@hark/service/documents';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowedBy, near } from '../../../apps/gateway/src/testing/schema-arbitrary.js';
import { Service } from '../../harness.js';
import { BODIES, SAMPLES } from './corpus.js';

/** Requests to each operation. */
const RUNS = Math.round(Number(process.env['HARK_FUZZ_REQUESTS'] ?? 2000) / 200);
/** While a user is erased everything else is answered 503. */
const ERASES = 'delete /v1/users/{user}';

/** Without halves of characters, which cannot be sent. */
const wellFormed = (text: string) => Buffer.from(text).toString();

interface Content {
  readonly [type: string]: { readonly schema?: JsonSchema };
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, JsonSchema>> };
}

interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly required?: boolean;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

/** A schema with what it refers to in its place. */
function inlined(schema: JsonSchema, document: OpenApi): JsonSchema {
  const { $ref } = schema as { readonly $ref?: string };
  if ($ref !== undefined)
    return inlined(document.components?.schemas?.[$ref.split('/').at(-1) ?? ''] ?? {}, document);
  const inline = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(inline)
      : typeof value === 'object' && value !== null
        ? inlined(value as JsonSchema, document)
        : value;
  return Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, inline(value)]));
}

/** Values of a schema, or texts where it says nothing that they can be made from. */
function values(schema: JsonSchema): fc.Arbitrary<unknown> {
  try {
    return allowedBy(schema);
  } catch {
    return fc.string();
  }
}

/** What stands in a URL or a header: as documented, near it, or hostile. */
function texts(schema: JsonSchema): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: values(schema).map(String) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '__proto__',
        '../../etc/passwd',
        '\0',
        '1e999',
        '-1',
        '𝕏',
        '%',
        'a'.repeat(5000),
      ),
    },
  );
}

interface Call {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

function calls(
  path: string,
  { parameters = [], requestBody }: Operation,
  document: OpenApi,
): fc.Arbitrary<Call> {
  const given = (where: string) =>
    fc.record(
      Object.fromEntries(
        parameters
          .filter((each) => each.in === where)
          .map(({ name, schema }) => [name, texts(inlined(schema, document))]),
      ),
      where === 'path' ? {} : { requiredKeys: [] },
    );
  const types = Object.entries(requestBody?.content ?? {});
  const body: fc.Arbitrary<readonly [string, string] | null> =
    types.length === 0
      ? fc.constant(null)
      : fc.constantFrom(...types).chain(([type, { schema = {} }]) => {
          const known = inlined(schema, document);
          const texts: fc.Arbitrary<string>[] = [
            fc.constantFrom(...BODIES, ...Object.values(SAMPLES).flat()),
            fc.string({ unit: 'binary' }),
          ];
          if (type.endsWith('json')) {
            texts.push(values(known).map((value) => JSON.stringify(value ?? null)));
            if (known['properties'] !== undefined)
              texts.push(near(known).map((value) => JSON.stringify(value ?? null)));
            texts.push(
              fc.constantFrom('[['.repeat(20_000), '{"__proto__":{"admin":true}}', '9'.repeat(1_000_000)),
            );
          }
          return fc.oneof(...texts).map((text) => [type, text] as const);
        });
  return fc
    .record({ params: given('path'), query: given('query'), headers: given('header'), body })
    .map((call) => {
      const search = new URLSearchParams(call.query as Record<string, string>).toString();
      const filled = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
        // What a client would not send as a segment of a path.
        const text = wellFormed(call.params[name] ?? '');
        return encodeURIComponent(/^\.{0,2}$/.test(text) ? 'x' : text);
      });
      const printable = Object.entries(call.headers as Record<string, string>).map(
        ([name, text]) => [name, text.replaceAll(/[^\x21-\x7e]/g, '')] as const,
      );
      return {
        path: filled + (search === '' ? '' : `?${search}`),
        headers: {
          ...Object.fromEntries(printable),
          ...(call.body !== null && { 'content-type': call.body[0] }),
        },
        body: call.body?.[1],
      };
    });
}

describe('every operation of /openapi.json', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ HARK_LOG_LEVEL: 'silent' });
  }, 60_000);
  afterAll(() => service.stop());

  it.each(['ingest', 'gateway'] as const)(
    'of the %s answers with a documented status below 500, of the documented type, whatever is asked',
    async (app) => {
      const document = await service.get<OpenApi>(app, '/openapi.json');
      let asked = 0;
      for (const [path, operations] of Object.entries(document.paths)) {
        for (const [method, operation] of Object.entries(operations)) {
          const types = Object.values(operation.responses).flatMap(({ content = {} }) =>
            Object.keys(content),
          );
          if (`${method} ${path}` === ERASES || types.includes('text/event-stream')) continue;
          await fc.assert(
            fc.asyncProperty(calls(path, operation, document), async (call) => {
              asked++;
              const response = await fetch(service.url(app, call.path), {
                method: method.toUpperCase(),
                headers: { connection: 'close', ...call.headers },
                signal: AbortSignal.timeout(10_000),
                ...(call.body !== undefined && { body: call.body }),
              });
              const text = await response.text();
              const said = `${method} ${call.path}: ${response.status} ${text.slice(0, 300)}`;
              expect(response.status, said).toBeLessThan(500);
              const documented = operation.responses[String(response.status)];
              // Before any route is found: a request line that is too long.
              if (response.status === 431) return;
              expect(documented, said).toBeDefined();
              const type = (response.headers.get('content-type') ?? '').split(';')[0];
              if (text !== '') expect(Object.keys(documented.content ?? {}), said).toContain(type);
            }),
            { numRuns: RUNS, seed: 4711 },
          );
        }
      }
      expect(asked).toBeGreaterThanOrEqual(RUNS);
      expect((await fetch(service.url(app, '/health/live'))).status).toBe(200);
    },
    10 * 60_000,
  );
});
