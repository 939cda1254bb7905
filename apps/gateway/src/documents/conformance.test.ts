import { ActivityVocabulary } from '@hark/contracts';
import { Principal } from '@hark/service';
import { SchemaBook, type Operation } from '@hark/service/documents';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { busyGateway } from '../testing/busy-gateway.js';
import { documentedAnswer, type Call } from '../testing/documented-answer.js';
import { allowedBy, near } from '../testing/schema-arbitrary.js';
import { gatewayOperations } from './gateway-operations.js';

const operations = gatewayOperations(ActivityVocabulary.hhar);
const book = new SchemaBook({});

let gateway: Awaited<ReturnType<typeof busyGateway>>;

beforeAll(async () => {
  gateway = await busyGateway();
});
afterAll(() => gateway.close());

const allowed = (schema: z.ZodType) => allowedBy(book.input(schema)).map(String);

/** What is there is asked for as often as what is not. */
function param(name: string, schema: z.ZodType, { tag }: Operation): fc.Arbitrary<string> {
  const known =
    name === 'version'
      ? fc.constantFrom('1', 'v2', 'current', 'previous', 'challenger')
      : tag === 'sessions'
        ? fc.constant(null).map(() => gateway.session)
        : tag === 'replays'
          ? fc.nat(3).map((i) => replayIds().at(i) ?? 'none')
          : fc.constantFrom('0', '1', '2');
  return fc.oneof(
    { weight: 3, arbitrary: known },
    { weight: 1, arbitrary: allowed(schema) },
    { weight: 1, arbitrary: fc.string({ minLength: 1 }).filter((text) => !/^\.{1,2}$/.test(text)) },
  );
}

function replayIds(): string[] {
  return gateway.gateway.replays.list(Principal.local).replays.map(({ id }) => id);
}

function fields(
  schemas: z.ZodObject | undefined,
  of: (name: string, schema: z.ZodType) => fc.Arbitrary<string>,
  optional: { readonly requiredKeys?: [] } = {},
): fc.Arbitrary<Record<string, string | undefined>> {
  const entries = Object.entries(schemas?.shape ?? {}).map(([name, schema]) => [
    name,
    of(name, schema as z.ZodType),
  ]);
  return fc.record(Object.fromEntries(entries) as Record<string, fc.Arbitrary<string>>, optional);
}

/** Bodies as they are documented, the example among them, and such that are not. */
function bodies(operation: Operation): fc.Arbitrary<unknown> {
  const [schema] = Object.values(operation.body?.content ?? {});
  if (schema === undefined) return fc.constant(undefined);
  const document = book.input(schema);
  return fc.oneof(
    { weight: 3, arbitrary: allowedBy(document).map(ofTheSession) },
    { weight: 1, arbitrary: fc.constant(operation.example?.body).map(ofTheSession) },
    { weight: 2, arbitrary: near(document).map((value) => value ?? 'null') },
  );
}

function ofTheSession(body: unknown): unknown {
  const { session } = gateway;
  return typeof body === 'object' && body !== null && 'session' in body ? { ...body, session } : body;
}

/** Requests as they are documented, and such that are not. */
function calls(operation: Operation): fc.Arbitrary<Call> {
  const text = (_: string, schema: z.ZodType): fc.Arbitrary<string> =>
    fc.oneof({ weight: 3, arbitrary: allowed(schema) }, { weight: 1, arbitrary: fc.string() });
  const key = fc.stringMatching(/^[\x21-\x7e]{1,5}$/);
  return fc.record({
    params: fields(operation.params, (name, schema) => param(name, schema, operation)),
    query: fields(operation.query, text, { requiredKeys: [] }),
    headers: fields(operation.headers, () => key, { requiredKeys: [] }),
    body: bodies(operation),
  });
}

describe.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
  '%s',
  (_, operation) => {
    it('answers as documented, whatever is asked', async () => {
      await fc.assert(
        fc.asyncProperty(calls(operation), async (call) => {
          const { status } = await documentedAnswer(gateway.url, operation, call);
          expect(status).toBeLessThan(500);
        }),
        { numRuns: 25 },
      );
      expect(gateway.unforeseen).toEqual([]);
    });
  },
);
