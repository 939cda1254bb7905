import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SettingsError } from '../settings-error.js';
import { commonSettings, readSettings } from '../settings.js';
import { openAccess } from './open-access.js';
import { TokenFileError, changeTokenFile } from './token-file.js';

const ENTRY = `k7:${'0'.repeat(64)}:subscribe:a`;
let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'hark-open-access-'));
});
afterEach(() => rmSync(data, { recursive: true }));

const open = (environment: Record<string, string>) =>
  openAccess(readSettings(commonSettings, { HARK_DATA: data, ...environment }), Date.now);

it('asks for no token on loopback without tokens, and for one as soon as there is a token or a file', () => {
  expect(open({}).required).toBe(false);
  expect(open({ HARK_TOKENS: ENTRY }).required).toBe(true);
  expect(open({ HARK_TOKENS_FILE: join(data, 'later.json') }).required).toBe(true);
  changeTokenFile(join(data, 'tokens.json'), () => []);
  expect(open({}).required).toBe(true);
});

it.each(['0.0.0.0', '192.168.1.2', '::', 'example.org', '127.0.0.1.example.org'])(
  'does not start on %s without a token, and says what to do in one line',
  (host) => {
    const start = () => open({ HARK_HOST: host });
    expect(start).toThrow(SettingsError);
    expect(start).toThrow(/^HARK_HOST="[^"]+": beyond loopback .* `hark tokens create`, or set HARK_TOKENS$/);
    changeTokenFile(join(data, 'tokens.json'), () => []);
    expect(start).toThrow(SettingsError);
    expect(open({ HARK_HOST: host, HARK_TOKENS: ENTRY }).required).toBe(true);
    expect(() => open({ HARK_HOST: host, HARK_TOKENS: `${ENTRY}:2020-01-01T00:00:00Z` })).toThrow(
      SettingsError,
    );
  },
);

it('does not start with a tokens file that cannot be read', () => {
  writeFileSync(join(data, 'tokens.json'), 'x');
  expect(() => open({})).toThrow(TokenFileError);
});
