import { ActivityVocabulary } from '@hark/contracts';
import type { Example } from '@hark/service/documents';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { busyGateway } from '../testing/busy-gateway.js';
import { documentedAnswer } from '../testing/documented-answer.js';
import { gatewayOperations } from './gateway-operations.js';

let gateway: Awaited<ReturnType<typeof busyGateway>>;

beforeAll(async () => {
  gateway = await busyGateway();
});
afterAll(() => gateway.close());

const EXAMPLE_SESSION = '59ed1f8a1d2b3c4d';
const EXAMPLE_REPLAY = '6a1c4f0e9b2d7788';

it('answers every example as documented, in the order of the document', async () => {
  const statuses: Record<string, number> = {};
  let replay = '';
  for (const operation of gatewayOperations(ActivityVocabulary.hhar)) {
    const text = JSON.stringify(operation.example ?? {})
      .replaceAll(EXAMPLE_SESSION, gateway.session)
      .replaceAll(EXAMPLE_REPLAY, replay)
      .replaceAll('nexus4_1', 'gear_1');
    const { params = {}, query = {}, headers = {}, body } = JSON.parse(text) as Example;
    const { status, value } = await documentedAnswer(gateway.url, operation, {
      params,
      query,
      headers,
      body,
    });
    statuses[operation.id] = status;
    if (operation.id === 'createReplay') replay = (value as { id: string }).id;
  }
  expect(gateway.unforeseen).toEqual([]);
  // There is no challenger, and a log in memory can't be written anew.
  const { promoteChallenger, eraseUser, getErasure, ...others } = statuses;
  expect([promoteChallenger, eraseUser, getErasure]).toEqual([404, 409, 409]);
  expect(Object.entries(others).filter(([, status]) => status >= 300)).toEqual([]);
  expect(others).toMatchObject({ createVersion: 201, rollBack: 200, createLabel: 201, deleteReplay: 204 });
});
