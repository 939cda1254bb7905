import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeSampleBatch } from '@hark/contracts';
import { Recording } from '../recording/recording.js';
import { RefusedError, ServiceAwayError, ServiceClient } from '../service/service-client.js';
import { importRecording } from './import-recording.js';
import { Producer } from './producer.js';

/** Takes numbered batches as the front door does: each number once. */
class FakeIngest {
  /** First and last x of each batch taken. */
  readonly taken: [number, number, number][] = [];
  ends = 0;
  sequence = 0;
  /** Called before each batch; what it returns is done instead of taking it. */
  trouble: (sequence: number) => 'cut' | 'cut after taking' | number | null = () => null;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      void this.answer(request).then((answer) => {
        if (answer === null) return void request.socket.destroy();
        response.writeHead(answer.status, { 'content-type': 'application/json', 'retry-after': '0' });
        response.end(JSON.stringify(answer.body));
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: unknown } | null> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === 'GET') {
      return { status: 200, body: { sequence: this.sequence, finished: this.ends > 0 } };
    }
    if (request.headers['hark-end'] === '1') {
      this.ends++;
      return { status: 200, body: { accepted: 0, rejected: 0, errors: [] } };
    }
    const sequence = Number(request.headers['hark-sequence']);
    const trouble = this.trouble(sequence);
    if (trouble === 'cut') return null;
    if (typeof trouble === 'number') return { status: trouble, body: { code: 'x', detail: 'told so' } };
    if (sequence <= this.sequence) {
      return { status: 200, body: { accepted: 0, rejected: 0, errors: [], duplicate: true } };
    }
    const { rows, x } = decodeSampleBatch(Buffer.concat(chunks));
    this.taken.push([sequence, x[0], x[rows - 1]]);
    this.sequence = sequence;
    return trouble === null ? { status: 200, body: { accepted: rows, rejected: 0, errors: [] } } : null;
  }
}

const ROWS = 40_000;
const BATCHES: [number, number, number][] = [
  [1, 0, 16_383],
  [2, 16_384, 32_767],
  [3, 32_768, 39_999],
];

let folder: string;
let ingest: FakeIngest;
let url: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hark-import-test-'));
  const rows = Array.from({ length: ROWS }, (_, i) => `${i}000000,${i},0,9.8,a,p`);
  writeFileSync(join(folder, 'acc.csv'), ['Creation_Time,x,y,z,User,Device', ...rows].join('\n'));
  ingest = new FakeIngest();
  url = await ingest.listen();
});
afterEach(() => {
  ingest.close();
  rmSync(folder, { recursive: true });
});

async function run(patienceMs = 5000) {
  const recording = await Recording.open([folder]);
  const client = new ServiceClient(url, new AbortController().signal, { patienceMs });
  return importRecording(recording, new Producer(client, recording.identity), {
    onBatch: () => {},
    onRefused: () => {},
  });
}

describe('importRecording', () => {
  it('sends numbered batches in order and says the end', async () => {
    expect(await run()).toMatchObject({ rows: ROWS, resumed: 0, rejected: 0 });
    expect(ingest.taken).toEqual(BATCHES);
    expect(ingest.ends).toBe(1);
  });

  it('goes on after connections that were cut before or after a batch was taken, without sending one twice', async () => {
    const times = new Map<number, number>();
    ingest.trouble = (sequence) => {
      const time = (times.get(sequence) ?? 0) + 1;
      times.set(sequence, time);
      if (time > 2) return null;
      return sequence === 1 ? 'cut' : sequence === 2 ? 'cut after taking' : 503;
    };
    expect(await run()).toMatchObject({ rows: ROWS });
    expect(ingest.taken).toEqual(BATCHES);
  });

  it('starts where an earlier run was cut off', async () => {
    ingest.trouble = (sequence) => (sequence === 3 ? 400 : null);
    await expect(run()).rejects.toThrow(RefusedError);
    expect(ingest.ends).toBe(0);
    ingest.trouble = () => null;
    expect(await run()).toMatchObject({ rows: ROWS, resumed: 32_768 });
    expect(ingest.taken).toEqual(BATCHES);
    expect(ingest.ends).toBe(1);
  });

  it('adds nothing when it is run again after the end', async () => {
    await run();
    expect(await run()).toMatchObject({ rows: ROWS, resumed: ROWS });
    expect(ingest.taken).toEqual(BATCHES);
    expect(ingest.ends).toBe(1);
  });

  it('says that the service is away when its patience ends', async () => {
    ingest.trouble = () => 'cut';
    await expect(run(120)).rejects.toThrow(ServiceAwayError);
  });
});
