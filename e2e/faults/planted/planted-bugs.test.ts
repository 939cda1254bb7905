import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLANTED_BUGS } from './planted-bugs.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Each is a run of other tests on a copy of the sources: minutes in all. */
const WANTED = process.env['HARK_FAULTS'] === 'all';
const LEFT_OUT = ['node_modules', 'dist', 'bundle', '.git', '.nx', 'data', 'docs'];

/** A copy of the sources that uses the packages installed here, but its own workspaces. */
function copyOf(root: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'hark-planted-'));
  cpSync(root, copy, { recursive: true, filter: (path) => !LEFT_OUT.includes(basename(path)) });
  const packages = join(copy, 'node_modules');
  mkdirSync(packages);
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@hark') symlinkSync(join(root, 'node_modules', name), join(packages, name));
  cpSync(join(root, 'node_modules', '@hark'), join(packages, '@hark'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  return copy;
}

describe('a planted bug', () => {
  it.each(PLANTED_BUGS)('has one place in the sources: $name', ({ file, find }) => {
    const source = readFileSync(join(ROOT, file), 'utf8');
    expect(source.split(find).length, `${file} holds it once`).toBe(2);
  });
});

describe.skipIf(!WANTED)('a planted bug is caught', () => {
  let copy: string;
  beforeAll(() => {
    copy = copyOf(ROOT);
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  const run = (tests: string) =>
    spawnSync(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--bail', '1', tests], {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, HARK_FAULTS: '', HARK_FAULT_SEEDS: '150' },
    });

  const build = () =>
    spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b', 'apps/ingest'], {
      cwd: copy,
    });

  it.each([...new Set(PLANTED_BUGS.filter(({ built }) => !built).map(({ caughtBy }) => caughtBy))])(
    'by %s, which passes without it',
    (tests) => {
      const { status, stdout } = run(tests);
      expect(status, stdout.slice(-3000)).toBe(0);
    },
    180_000,
  );

  it.each(PLANTED_BUGS)(
    '$name: by $caughtBy',
    ({ file, find, replace, caughtBy, built }) => {
      const source = readFileSync(join(ROOT, file), 'utf8');
      writeFileSync(
        join(copy, file),
        source.replace(find, () => replace),
      );
      try {
        if (built) expect(build().status).toBe(0);
        const { status, stdout } = run(caughtBy);
        expect(stdout).toMatch(/[1-9]\d* failed/);
        expect(status).toBe(1);
      } finally {
        writeFileSync(join(copy, file), source);
      }
    },
    180_000,
  );
});
