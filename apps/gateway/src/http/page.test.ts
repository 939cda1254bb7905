import { MemoryLog } from '@hark/streaming';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGateway } from '../testing/gateway-harness.js';
import { ManualClock } from '../testing/manual-clock.js';
import { PageBundle } from './page-bundle.js';

const HTML = '<!doctype html><script type="module" src="/assets/index-a1.js"></script>';
const SCRIPT = 'console.log("hark");\n'.repeat(100);

let folder: string;
let gateway: Awaited<ReturnType<typeof startGateway>>;

const start = (page: PageBundle) =>
  startGateway({ log: new MemoryLog({ now: () => 0 }), clock: new ManualClock(), page });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hark-page-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), HTML);
  writeFileSync(join(folder, 'assets/index-a1.js'), SCRIPT);
  writeFileSync(join(folder, 'assets/index-a1.css'), 'body{margin:0}');
});
afterEach(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true });
});

describe('the page', () => {
  beforeEach(async () => {
    gateway = await start(PageBundle.read(folder));
  });

  it('comes from / with a policy that lets it run its own files and talk to its own host only', async () => {
    const response = await fetch(`${gateway.url}/`);
    expect(await response.text()).toBe(HTML);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  it('loads files that are compressed, typed and kept for ever', async () => {
    const response = await fetch(`${gateway.url}/assets/index-a1.js`);
    expect(await response.text()).toBe(SCRIPT);
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const style = await fetch(`${gateway.url}/assets/index-a1.css`);
    expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8');
  });

  it('is not sent again to a browser that has it', async () => {
    const { headers } = await fetch(`${gateway.url}/`);
    const again = await fetch(`${gateway.url}/`, { headers: { 'if-none-match': headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
  });

  it.each(['/assets/none.js', '/assets/..%2findex.html', '/assets/%2e%2e%2f%2e%2e%2fpackage.json'])(
    'has nothing but its own files: %s',
    async (path) => {
      const response = await fetch(gateway.url + path);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: 'unknown_file' });
    },
  );
});

it('a gateway whose dashboard was not built says so, and how to build it', async () => {
  gateway = await start(PageBundle.read(join(folder, 'nowhere')));
  const response = await fetch(`${gateway.url}/`);
  expect(response.status).toBe(200);
  const html = await response.text();
  expect(html).toContain('<code>npm run build</code>');
  expect(html).not.toMatch(/https?:\/\//);
});
