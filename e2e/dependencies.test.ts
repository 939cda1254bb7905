import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const read = <T>(path: string) =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8')) as T;

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  /** Another folder of the project. */
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

const LOCK = read<{ packages: Record<string, Locked> }>('package-lock.json').packages;
/** What may run commands of its own when it is installed, and why. */
const INSTALL_SCRIPTS = read<Record<string, string>>('tools/install-scripts.json');
const FLOORS = read<Record<string, { floor: string; why: string }>>('tools/dependency-floors.json');

const parts = (version: string) => version.split(/[.-]/).slice(0, 3).map(Number);

function isBelow(version: string, floor: string): boolean {
  const [a, b] = [parts(version), parts(floor)];
  const at = a.findIndex((part, i) => part !== b[i]);
  return at >= 0 && a[at] < b[at];
}

describe('what is installed', () => {
  it.each(Object.entries(FLOORS))('holds no %s with a known fault', (name, { floor, why }) => {
    const installed = Object.entries(LOCK).filter(([path]) => path.endsWith(`node_modules/${name}`));
    expect(installed.length, `${name} is not installed any more: take its floor away`).toBeGreaterThan(0);
    for (const [path, { version = '0' }] of installed)
      expect(isBelow(version, floor), `${path} is ${version}, below ${floor}: ${why}`).toBe(false);
  });

  it('tells an older version from a newer one', () => {
    expect(isBelow('8.22.9', '8.23.0')).toBe(true);
    expect(isBelow('10.0.0', '9.9.9')).toBe(false);
    expect(isBelow('1.0.0', '1.0.0')).toBe(false);
  });

  it('runs no command of its own when it is installed, but for what is named', () => {
    const withScripts = Object.entries(LOCK)
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect(withScripts.sort()).toEqual(Object.keys(INSTALL_SCRIPTS).sort());
  });

  it('is pinned by a checksum and names no registry but the one of the user', () => {
    for (const [path, { resolved, integrity, link = false }] of Object.entries(LOCK)) {
      if (path.includes('node_modules/') && !link) expect(integrity, path).toMatch(/^sha512-/);
      if (resolved === undefined || !resolved.includes('://')) continue;
      expect(resolved, path).toMatch(/^https:\/\/registry\.npmjs\.org\//);
    }
  });
});
