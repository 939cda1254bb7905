import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PhonesHarness } from '../phones/testing/phones-harness.js';
import { phoneOperations } from './phone-operations.js';
import { clientList, connectionList, phyphoxAnswer, sensorLoggerAnswer } from './phone-schemas.js';

let harness: PhonesHarness;
beforeAll(async () => {
  harness = await PhonesHarness.open();
});
afterAll(() => harness.close());

describe('the answers to phones', () => {
  it.each([
    ['/v1/sensor-logger', sensorLoggerAnswer],
    ['/v1/phyphox', phyphoxAnswer],
  ])('POST %s with the example of the document is answered as documented', async (path, schema) => {
    const { example } = phoneOperations.find((each) => each.path === path)!;
    const response = await harness.post(path, example?.body);
    expect(response.status).toBe(200);
    expect(schema.safeParse(await response.json()).error).toBeUndefined();
  });

  it.each([
    ['/v1/clients', clientList],
    ['/v1/connections', connectionList],
  ])('GET %s is as documented', async (path, schema) => {
    expect(schema.safeParse(await (await fetch(`${harness.url}${path}`)).json()).error).toBeUndefined();
  });

  it('are documented for every route, and for no other', async () => {
    for (const { method, path } of phoneOperations) {
      const url = `${harness.url}${path.replace(':code', 'x')}`;
      const { status } = await fetch(url, { method, ...(method === 'POST' && { body: '{}' }) });
      expect([path, status < 500 && status !== 405]).toEqual([path, true]);
    }
  });
});
