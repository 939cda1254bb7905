import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { programOf } from '../libs/service/src/program.js';
import { APPS } from './harness.js';

describe('what is built', () => {
  it.each(APPS)('runs %s as a bundle of what is compiled now: if not, `npm run build`', (app) => {
    const main = new URL(`../apps/${app}/dist/main.js`, import.meta.url);
    expect(fileURLToPath(programOf(main.href))).toMatch(/[/\\]bundle[/\\]app\.js$/);
  });
});
