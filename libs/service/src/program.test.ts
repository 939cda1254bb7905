import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MADE_OF, digestOf, programOf } from './program.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hark-program-test-'));
  for (const name of ['dist', 'bundle']) mkdirSync(join(folder, name));
  write('dist/notes', 'what the modules are compiled from');
  write(`bundle/${MADE_OF}`, JSON.stringify({ '../dist/notes': digestOf(url('dist/notes')) }));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const url = (path: string): URL => pathToFileURL(join(folder, path));
const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);
const program = (): string => programOf(url('dist/main.js').href);

describe('programOf', () => {
  it('is the bundle where that is made of what is compiled now', () => {
    expect(program()).toBe(url('bundle/app.js').href);
  });

  it('is the modules once they are compiled from anything else', () => {
    write('dist/notes', 'something newer');
    expect(program()).toBe(url('dist/app.js').href);
  });

  it('is the modules where something that the bundle was made of is gone', () => {
    rmSync(join(folder, 'dist/notes'));
    expect(program()).toBe(url('dist/app.js').href);
  });

  it.each(['', '{', 'null', '[1]'])('is the modules where what the bundle was made of reads %j', (text) => {
    write(`bundle/${MADE_OF}`, text);
    expect(program()).toBe(url('dist/app.js').href);
  });

  it('is the modules where there is no bundle', () => {
    rmSync(join(folder, 'bundle'), { recursive: true });
    expect(program()).toBe(url('dist/app.js').href);
  });
});
