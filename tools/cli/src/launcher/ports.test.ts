import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort, isFree } from './ports.js';

describe('freePort', () => {
  it('takes the next port when one is busy or spoken for', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      expect(await isFree(port, '127.0.0.1')).toBe(false);
      const next = await freePort(port, '127.0.0.1', new Set());
      expect(next).toBeGreaterThan(port);
      expect(await freePort(port, '127.0.0.1', new Set([next]))).toBeGreaterThan(next);
    } finally {
      server.close();
    }
  });
});
