import type { ReportProgress, ReportView } from '@hark/contracts';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runHark } from '../program.js';
import { ReportWatch } from '../reports/watch-report.js';

const AT = '2026-01-01T00:00:00.000Z';
const VIEW: ReportView = {
  ...{ name: 'by_user', id: 'i', builtIn: false, state: 'running', error: null, createdAt: AT, since: AT },
  spec: { name: 'by_user', from: 'samples' },
  ...{ batches: 2, inputRows: 1000, rows: 1 },
};
const SCHEMA = [
  { name: 'window.start', type: 'timestamp', key: true },
  { name: 'count', type: 'long', key: false },
];

let server: Server;
let folder: string;
let asked: string[];
let out: string[];
let logged: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hark-cli-reports-'));
  [asked, out, logged] = [[], [], []];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      asked.push(`${request.method} ${request.url} ${body}`.trim());
      const answer = request.url?.endsWith('/reports')
        ? request.method === 'GET'
          ? { reports: [VIEW] }
          : VIEW
        : request.method === 'POST'
          ? { ...VIEW, state: 'stopped' }
          : {
              ...{ name: 'by_user', schema: SCHEMA },
              rows: [{ 'window.start': '2015-02-23T13:10:00.000000000Z', count: 42 }],
            };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const hark = (...args: string[]) =>
  runHark(args, {
    out: (line) => void out.push(line),
    log: (line) => void logged.push(line),
    interactive: false,
    environment: { HARK_DATA: folder },
    signal: new AbortController().signal,
  });
const url = () => ['--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`];

describe('hark reports', () => {
  it('lists reports, and shows the rows of one without zeros behind the second', async () => {
    expect(await hark('reports', 'list', ...url())).toBe(0);
    expect(out.join('\n')).toMatch(/by_user +running/);
    out = [];
    expect(await hark('reports', 'show', 'by_user', ...url())).toBe(0);
    expect(out.join('\n')).toMatch(/2015-02-23T13:10:00Z +42/);
    expect(asked).toEqual(['GET /v1/reports', 'GET /v1/reports/by_user?limit=1000']);
  });

  it('creates one from a file, replaces its logic, and stops it', async () => {
    const file = join(folder, 'r.json');
    writeFileSync(file, '{"name":"by_user","from":"samples"}');
    expect(await hark('reports', 'create', file, '--replace', ...url())).toBe(0);
    expect(await hark('reports', 'stop', 'by_user', ...url())).toBe(0);
    expect(asked).toEqual([
      'POST /v1/reports {"name":"by_user","from":"samples","replace":true}',
      'POST /v1/reports/by_user/stop {}',
    ]);
    expect(out).toEqual(['by_user is running', 'by_user is stopped']);
    writeFileSync(file, 'no');
    expect(await hark('reports', 'create', file, ...url())).toBe(2);
  });

  it('computes the static table of recorded averages by gt and Model', async () => {
    const header = 'Index,Arrival_Time,Creation_Time,x,y,z,User,Model,Device,gt\n';
    const rows = ['1,2,3,walk', '3,4,5,walk', '9,9,9,null'].map((cells, i) => {
      const [x, y, z, gt] = cells.split(',');
      return `${i},${1000 + i},${1000 + i}000000,${x},${y},${z},a,gear,gear_1,${gt}\n`;
    });
    const file = join(folder, 'Watch_accelerometer.csv');
    writeFileSync(file, header + rows.join(''));
    expect(await hark('reports', 'static', 'historicalAgg', file), logged.join('\n')).toBe(0);
    const stored = readFileSync(join(folder, 'static/historicalAgg.json'), 'utf8').trim().split('\n');
    const averages = { historical_count: 2, historical_x: 2, historical_y: 3, historical_z: 4 };
    expect(stored.map((line) => JSON.parse(line) as unknown)).toEqual([
      { gt: 'walk', Model: 'gear', ...averages },
      { gt: null, Model: 'gear', historical_count: 1, historical_x: 9, historical_y: 9, historical_z: 9 },
    ]);
    expect(await hark('reports', 'static', 'other', file)).toBe(2);
  });
});

describe('what is watched of a report', () => {
  it('is its table as it changes, and the last micro-batch', () => {
    const watch = new ReportWatch('by_user');
    const batch = (rows: [string, number][]) =>
      watch.take({
        ...{ kind: 'batch', report: 'by_user', runId: 'r', batchId: 0, mode: 'update', rows },
        schema: [
          { name: 'User', type: 'string', key: true },
          { name: 'count', type: 'long', key: false },
        ],
      });
    expect(watch.text()).toBe('by_user: running; nothing has been read yet\nno rows yet');
    batch([['a', 1]]);
    batch([
      ['a', 2],
      ['b', 1],
    ]);
    const progress = {
      batchId: 1,
      numInputRows: 3,
      processedRowsPerSecond: 1500,
      eventTime: {},
      timestamp: AT,
    };
    watch.take({ kind: 'progress', report: 'by_user', progress: progress as unknown as ReportProgress });
    expect(watch.text().split('\n')[0]).toBe(`by_user: running; batch 1 at ${AT}: 3 rows in, 1,500 rows/s`);
    expect(watch.text()).toMatch(/a +2\nb +1/);
    watch.take({ kind: 'failed', report: 'by_user', at: AT, error: { code: 'x', message: 'it broke' } });
    expect(watch.text()).toContain('failed: it broke');
  });
});
