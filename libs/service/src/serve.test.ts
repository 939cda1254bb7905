import { Module } from '@nestjs/common';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeErasureMarker, writeErasureMarker } from './erasure-marker.js';
import { readRunFile } from './run-file.js';
import { serve, serveOptions } from './serve.js';
import { commonSettings, readSettings } from './settings.js';

describe('serve', () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'hark-serve-'));
  let port: number;
  let builds = 0;
  beforeAll(async () => {
    class Empty {}
    Module({})(Empty);
    const settings = readSettings(commonSettings, { HARK_DATA: dataFolder, HARK_LOG_LEVEL: 'silent' });
    await serve(serveOptions('test', 0, settings), ({ health }) => {
      builds++;
      health.require('disk', () => Promise.resolve('the disk is full'));
      return Promise.resolve({ module: Empty, stop: () => Promise.resolve() });
    });
    port = readRunFile(dataFolder, 'test')!.port;
  });
  afterAll(() => rmSync(dataFolder, { recursive: true }));

  const ask = (path: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const sent = request({ port, host: '127.0.0.1', path, headers, agent: false }, (response) => {
        let body = '';
        response.on('data', (chunk) => (body += String(chunk)));
        response.on('end', () => resolve({ status: response.statusCode, body }));
      });
      sent.on('error', reject).end();
    });

  it('answers 503 with what is missing while the app is not ready', async () => {
    const { status, body } = await ask('/health/ready');
    expect([status, JSON.parse(body)]).toEqual([
      503,
      { status: 'not ready', missing: { disk: 'the disk is full' } },
    ]);
    expect(JSON.parse((await ask('/v1/status')).body)).toMatchObject({ app: 'test', ready: false });
  });

  it('opens nothing where it can not listen, so that an app started twice leaves the first one alone', async () => {
    const settings = readSettings(commonSettings, { HARK_DATA: dataFolder, HARK_LOG_LEVEL: 'silent' });
    let opened = 0;
    const again = serve(serveOptions('test', port, settings), () => {
      opened++;
      return Promise.reject(new Error('opened'));
    });
    await expect(again).rejects.toThrow(
      `HARK_TEST_PORT=${port}: something listens on 127.0.0.1:${port} already; ` +
        'end it, or set another port, 0 for any free one',
    );
    expect(opened).toBe(0);
    const elsewhere = readSettings(commonSettings, {
      HARK_DATA: dataFolder,
      HARK_HOST: '192.0.2.1',
      HARK_TOKENS: `k7:${'0'.repeat(64)}:subscribe:a`,
    });
    await expect(
      serve(serveOptions('test', 0, elsewhere), () => Promise.reject(new Error('x'))),
    ).rejects.toThrow('HARK_TEST_PORT=0, HARK_HOST="192.0.2.1"');
  });

  it('pauses while a user is being erased, and is built again at the same port when that is over', async () => {
    const built = builds;
    const gone = () => readRunFile(dataFolder, 'test') === null;
    writeErasureMarker(dataFolder, { id: '1', user: 'a', phase: 'rewrite' });
    await expect.poll(gone).toBe(true);
    await expect(ask('/health/live')).rejects.toThrow('ECONNREFUSED');
    expect(builds).toBe(built);
    removeErasureMarker(dataFolder);
    await expect.poll(gone).toBe(false);
    expect((await ask('/health/live')).status).toBe(200);
    expect(builds).toBe(built + 1);
  });

  it.each(['/v1/status', '/metrics', '/health/live', '/nowhere'])(
    'keeps %s from pages of other origins and from names of strangers',
    async (path) => {
      expect((await ask(path, { host: `localhost:${port}` })).status).toBe(path === '/nowhere' ? 404 : 200);
      expect((await ask(path, { host: 'evil.example' })).status).toBe(403);
      expect((await ask(path, { origin: 'http://evil.example' })).status).toBe(403);
    },
  );
});
