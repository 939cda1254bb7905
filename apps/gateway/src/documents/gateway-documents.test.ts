import { ActivityVocabulary } from '@hark/contracts';
import { MemoryLog } from '@hark/streaming';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGateway } from '../testing/gateway-harness.js';
import { ManualClock } from '../testing/manual-clock.js';
import type { AsyncApiDocument } from './asyncapi.js';
import { gatewayOperations } from './gateway-operations.js';
import { gatewayOpenApi } from './gateway-documents.js';

let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeEach(async () => {
  gateway = await startGateway({ log: new MemoryLog({ now: () => 0 }), clock: new ManualClock(0) });
});
afterEach(() => gateway.close());

/** Every reference within a document. */
function references(document: unknown): string[] {
  return [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref);
}

function resolve(document: unknown, reference: string): unknown {
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);
}

describe('the OpenAPI document of the gateway', () => {
  const document = gatewayOpenApi(ActivityVocabulary.hhar);

  it('has every route of the gateway but the live ones, and no other', () => {
    const live = ['GET /v1/events', 'GET /v1/live'];
    const documented = gatewayOperations(ActivityVocabulary.hhar).map(
      ({ method, path }) => `${method} ${path}`,
    );
    expect(documented.sort()).toEqual(
      gateway
        .routes()
        .filter((route) => !live.includes(route))
        .sort(),
    );
  });

  it('names every operation once, under a tag that it has', () => {
    const operations = Object.values(document.paths).flatMap((each) => Object.values(each));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags.map(({ name }) => name);
    expect(operations.filter((each) => !tags.includes(each.tags[0]))).toEqual([]);
  });

  it('says of every parameter in a path what it is', () => {
    for (const [path, operations] of Object.entries(document.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters = [] } of Object.values(operations)) {
        expect(parameters.filter((each) => each.in === 'path').map(({ name }) => name)).toEqual(inPath);
      }
    }
  });

  it('refers to nothing that it does not have', () => {
    expect(references(document).length).toBeGreaterThan(50);
    expect(references(document).filter((ref) => resolve(document, ref) === undefined)).toEqual([]);
  });

  it('says that of several gateways none may write, where something is to be written', () => {
    const away = (path: string, method: string) =>
      JSON.stringify(document.paths[path][method].responses['503']).includes('writer_away');
    expect([away('/v1/labels', 'post'), away('/v1/replays', 'get'), away('/v1/models', 'get')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('says which role an operation needs', () => {
    expect(document.paths['/v1/models'].get.security).toEqual([{}, { token: ['subscribe'] }]);
    expect(document.paths['/v1/models'].post.security).toEqual([{}, { token: ['operate'] }]);
    expect(document.paths['/health/live'].get.security).toEqual([]);
  });

  it('has bodies by the schemas that check them', () => {
    const { post } = document.paths['/v1/models/{version}/rollback'];
    const { schema } = post.requestBody?.content['application/json'] ?? {};
    expect(schema).toEqual({ $ref: '#/components/schemas/RollbackRequest' });
    expect(document.components.schemas['RollbackRequest']).toMatchObject({
      type: 'object',
      properties: {
        dryRun: { type: 'boolean', default: false },
        reason: { anyOf: [{ type: 'string', maxLength: 500 }, { type: 'null' }] },
      },
      additionalProperties: false,
    });
  });

  it('is served', async () => {
    const response = await fetch(`${gateway.url}/openapi.json`);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(document)));
  });
});

describe('the AsyncAPI document of the gateway', () => {
  const read = async () => (await (await fetch(`${gateway.url}/asyncapi.json`)).json()) as AsyncApiDocument;

  it('has every channel, the socket and the events', async () => {
    expect(Object.values((await read()).channels).map(({ address }) => address)).toEqual([
      '/v1/live',
      '/v1/events',
      'predictions',
      'transitions',
      'fused',
      'alerts',
      'models',
      'progress',
      'report:{name}',
      'signal',
      'replay:{id}',
    ]);
  });

  it('refers to nothing that it does not have', async () => {
    const document = await read();
    expect(references(document).length).toBeGreaterThan(30);
    expect(references(document).filter((ref) => resolve(document, ref) === undefined)).toEqual([]);
  });

  it('has the messages that clients send by the schema that checks them', async () => {
    const { components } = await read();
    expect(components.messages['client.subscribe'].payload).toMatchObject({
      properties: { type: { const: 'subscribe' }, id: { type: 'string', minLength: 1, maxLength: 128 } },
      required: ['type', 'id', 'payload'],
    });
    expect(components.schemas['Subscription']).toMatchObject({ required: ['channel'] });
  });

  it('says why sockets are closed', async () => {
    const { channels } = await read();
    expect(Object.keys(channels['live']['x-close-codes'] ?? {})).toEqual([
      '1001',
      '1009',
      '1013',
      '4108',
      '4400',
      '4401',
      '4403',
      '4408',
      '4409',
    ]);
  });
});

describe('the page at /docs', () => {
  const read = async () => (await fetch(`${gateway.url}/docs`)).text();

  it('has an anchor for each operation and channel, and leads to all of them', async () => {
    const page = await read();
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.filter((link) => !ids.has(link))).toEqual([]);
    for (const { id } of gatewayOperations(ActivityVocabulary.hhar)) expect(links).toContain(id);
    expect(links).toContain('channel-predictions');
  });

  it('asks no other host for anything and runs no script', async () => {
    const response = await fetch(`${gateway.url}/docs`);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src/);
    const page = await response.text();
    expect(page).not.toMatch(/<script|src=|@import|url\(/);
    expect(page).not.toMatch(/href="https?:/);
  });

  it('shows examples as commands', async () => {
    expect(await read()).toContain(
      'curl -H &#39;content-type: application/json&#39; --data-binary &#39;{&quot;dryRun&quot;:true}&#39; ' +
        '&quot;$HARK/v1/models/1/rollback&quot;',
    );
  });
});

describe('a route with another method', () => {
  it('is 405 and says which there are', async () => {
    const response = await fetch(`${gateway.url}/v1/models/1/rollback`, { method: 'PUT' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await response.json()).toMatchObject({ code: 'method_not_allowed', status: 405 });
    // Not a version of this name.
    const learning = await fetch(`${gateway.url}/v1/models/learning`);
    expect([learning.status, learning.headers.get('allow')]).toEqual([405, 'PATCH']);
  });

  it('is 404 where there is nothing, and 400 where the path cannot be read', async () => {
    const response = await fetch(`${gateway.url}/v1/nothing`, { method: 'PUT' });
    expect([response.status, response.headers.get('allow')]).toEqual([404, null]);
    expect((await fetch(`${gateway.url}/v1/models/%ZZ`, { method: 'PUT' })).status).toBe(400);
  });
});
