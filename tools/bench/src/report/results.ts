import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { reaches, type Figure } from '../figure.js';
import { plot } from './plot.js';

/** One run of the bench, as it is kept in `bench/results`. */
export interface Results {
  readonly commit: string;
  readonly node: string;
  readonly machine: {
    readonly cpu: string | undefined;
    readonly cores: number;
    readonly memoryGB: number;
    /** Processes that wanted a core in the minute before the run: above zero others were measured too. */
    readonly loadBefore: number;
  };
  readonly quick: boolean;
  readonly seconds: number;
  readonly figures: readonly (Figure & { readonly reached: boolean | null })[];
}

export function resultsOf(
  root: string,
  {
    quick,
    seconds,
    loadBefore,
    figures,
  }: Pick<Results, 'quick' | 'seconds'> & { loadBefore: number; figures: readonly Figure[] },
): Results {
  return {
    commit: commitOf(root),
    node: process.version,
    machine: {
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      memoryGB: Math.round(totalmem() / 1e9),
      loadBefore,
    },
    quick,
    seconds,
    figures: figures.map((figure) => ({ ...figure, reached: reaches(figure) })),
  };
}

/** @returns the name of the file, relative to the repository; the plot stands beside it. */
export function keep(root: string, results: Results, now: Date): string {
  mkdirSync(join(root, 'bench/results'), { recursive: true });
  const name = `bench/results/${now.toISOString().replaceAll(':', '-').slice(0, 19)}`;
  writeFileSync(join(root, `${name}.json`), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(root, `${name}.svg`), plot(results.figures));
  return `${name}.json`;
}

export function loadNow(): number {
  return Math.round(loadavg()[0] * 100) / 100;
}

/** With a plus where the tree is not what was committed. */
function commitOf(root: string): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+');
  } catch {
    return 'unknown';
  }
}
