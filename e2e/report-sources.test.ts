import type { ReportRows } from '@hark/contracts';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Service } from './harness.js';

const FILES = 24;
const ROWS = 2000;

describe('a report over files of a folder', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ HARK_REPORTS: 'none' });
  });
  afterAll(() => service?.stop());

  /** Appears whole. */
  const put = (name: string, content: string): void => {
    const folder = join(service.data, 'files', 'visits');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `.${name}`), content);
    renameSync(join(folder, `.${name}`), join(folder, name));
  };
  const rows = async (name: string) =>
    (await service.get<ReportRows>('gateway', `/v1/reports/${name}`)).rows as Record<string, unknown>[];

  it('counts the rows of each once, over kills of ingest in the middle', async () => {
    const columns = [
      { name: 'who', type: 'string' },
      { name: 'n', type: 'long' },
    ];
    const { status, body } = await service.post('gateway', '/v1/reports', {
      name: 'visits',
      from: { files: { path: 'visits', format: 'csv', columns, maxFilesPerTrigger: 2 } },
      groupBy: { columns: ['who'] },
      aggregate: [{ fn: 'count' }, { fn: 'sum', column: 'n' }],
      outputMode: 'update',
    });
    expect(status, JSON.stringify(body)).toBe(201);
    for (let file = 0; file < FILES; file++) {
      const lines = Array.from({ length: ROWS }, (_, i) => `w${i % 2},${file * ROWS + i}\n`);
      put(`${file}.csv`, `who,n\n${lines.join('')}`);
      if (file % 6 !== 3) continue;
      await sleep(20 * file);
      await service.kill('ingest');
      await service.startApp('ingest');
    }
    const all = FILES * ROWS;
    const done = (found: Record<string, unknown>[]) =>
      found.reduce((sum, { count }) => sum + Number(count), 0) >= all;
    while (!done(await rows('visits'))) await sleep(100);
    await sleep(500);
    const evens = ((all / 2) * (all - 2)) / 2;
    expect(await rows('visits')).toEqual([
      { who: 'w0', count: all / 2, 'sum(n)': evens },
      { who: 'w1', count: all / 2, 'sum(n)': evens + all / 2 },
    ]);
  }, 90_000);

  it('and one over a rate give every value once, also those of the time in which ingest was away', async () => {
    const made = await service.post('gateway', '/v1/reports', {
      ...{ name: 'rate', from: { rate: { rowsPerSecond: 1000 } }, outputMode: 'update' },
      aggregate: ['count', 'min', 'max', 'sum'].map((fn) => ({ fn, column: 'value', as: fn })),
      trigger: { processingTime: '200 ms' },
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const last = async () =>
      (await rows('rate')).at(-1) as Record<'count' | 'min' | 'max' | 'sum', number> | undefined;
    while (((await last())?.count ?? 0) === 0) await sleep(100);
    await service.kill('ingest');
    await sleep(1000);
    await service.startApp('ingest');
    while (((await last())?.count ?? 0) < 3000) await sleep(100);
    const { count, min, max, sum } = (await last())!;
    expect(count).toBeGreaterThanOrEqual(3000);
    expect([min, max, sum]).toEqual([0, count - 1, (count * (count - 1)) / 2]);
  }, 60_000);

  it('stays in its folder, and begins with the first row', async () => {
    const columns = [{ name: 'n', type: 'long' }];
    const refusal = async (path: string, more: object = {}) => {
      const from = { files: { path, format: 'json', columns } };
      const { status, body } = await service.post('gateway', '/v1/reports', { name: 'no', from, ...more });
      return [status, body['field']];
    };
    for (const path of ['../log', '/etc', 'a/../../b', '']) expect((await refusal(path))[0], path).toBe(400);
    expect(await refusal('a', { startingOffsets: 'latest' })).toEqual([400, 'startingOffsets']);
  });
});
