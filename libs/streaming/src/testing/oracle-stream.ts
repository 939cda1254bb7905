import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A generator of HHAR-shaped rows and the answers that DuckDB gave for them; not part of the project. */
const ORACLE = fileURLToPath(new URL('../../../../../shared/oracle/', import.meta.url));

/** Why tests against the oracle are skipped, or null. */
export const ORACLE_ABSENT = existsSync(join(ORACLE, 'gen.mjs')) ? null : '../shared/oracle is not there';

export function oracleFile(name: string): string {
  return join(ORACLE, name);
}

/**
 * The million accelerometer rows, made once and kept in the system's folder for temporary files.
 * @param skew `small`: clocks agree within 0.4 s; `hhar`: they disagree by up to 2,000 s.
 * @returns path of the CSV file.
 */
export function oracleRecording(skew: 'small' | 'hhar'): string {
  const folder = join(tmpdir(), 'hark-oracle');
  const out = join(folder, `acc-1m-${skew}`);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(`${out}.meta.json`)) {
    const options = ['--rows', '1000000', '--sensor', 'acc', '--seed', '42', '--skew', skew, '--out', out];
    execFileSync(process.execPath, [join(ORACLE, 'gen.mjs'), ...options], { stdio: 'ignore' });
  }
  return `${out}.csv`;
}

export function sha256OfFile(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
