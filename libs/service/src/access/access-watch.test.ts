import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AccessControl } from './access-control.js';
import { watchAccess } from './access-watch.js';
import { changeTokenFile } from './token-file.js';
import { Tokens } from './tokens.js';

let folder: string;
let file: string;
let lines: string[];
let access: AccessControl;
let unwatch: () => void;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  folder = mkdtempSync(join(tmpdir(), 'hark-watch-'));
  file = join(folder, 'tokens.json');
  lines = [];
  access = new AccessControl(new Tokens({ given: [], file, now: () => 0 }));
  unwatch = watchAccess(access, pino({}, { write: (line: string) => lines.push(line) }));
});
afterEach(() => {
  unwatch();
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

it('notices a change of the tokens within a second, and says so', () => {
  changeTokenFile(file, () => []);
  expect(access.required).toBe(false);
  vi.advanceTimersByTime(1000);
  expect(access.required).toBe(true);
  vi.advanceTimersByTime(5000);
  expect(lines).toHaveLength(1);
});

it('says once that the file is broken', () => {
  writeFileSync(file, '{');
  vi.advanceTimersByTime(5000);
  expect(lines.map((line) => (JSON.parse(line) as { level: number }).level)).toEqual([50]);
});

it('looks no more once it is ended', () => {
  unwatch();
  changeTokenFile(file, () => []);
  vi.advanceTimersByTime(5000);
  expect(access.required).toBe(false);
});
