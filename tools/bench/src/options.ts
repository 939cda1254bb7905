import { parseArgs } from 'node:util';
import type { Bench } from './bench.js';

export interface BenchOptions {
  readonly quick: boolean;
  readonly json: boolean;
  readonly help: boolean;
  readonly rows: number;
  readonly files: readonly string[];
  /** What is measured, in its order. */
  readonly benches: readonly Bench[];
}

/** The command line can't be followed. */
export class BenchUsageError extends Error {
  readonly code = 'bench_usage';
}

const ROWS = 5_000_000;
const QUICK_ROWS = 200_000;
const LEAST_ROWS = 1000;

/** @throws BenchUsageError */
export function readOptions(args: readonly string[], all: readonly Bench[]): BenchOptions {
  const values = parsed(args);
  const quick = values.quick === true;
  const rows = Number(values.rows ?? (quick ? QUICK_ROWS : ROWS));
  if (!Number.isInteger(rows) || rows < LEAST_ROWS)
    throw new BenchUsageError(`--rows ${values.rows}: give a whole number from ${LEAST_ROWS}`);
  const names = (values.only ?? []).flatMap((each) => each.split(','));
  const unknown = names.find((name) => !all.some((bench) => bench.name === name));
  if (unknown !== undefined)
    throw new BenchUsageError(`--only ${unknown}: there are ${all.map(({ name }) => name).join(', ')}`);
  return {
    quick,
    rows,
    json: values.json === true,
    help: values.help === true,
    files: values.file ?? [],
    benches: names.length === 0 ? all : all.filter(({ name }) => names.includes(name)),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        only: { type: 'string', multiple: true },
        rows: { type: 'string' },
        file: { type: 'string', multiple: true },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new BenchUsageError((error as Error).message);
  }
}

export function helpText(all: readonly Bench[]): string {
  const width = Math.max(...all.map(({ name }) => name.length));
  return `npm run bench [-- OPTIONS]

Measures Hark on this machine, every row of what it aims for. Rates and latencies are given as a ratio to a reference of
the same run too: ratios carry over to other machines, absolute figures do not. CPU times can be told on a machine that
others use, rates and latencies only on a quiet one. Results and a plot are kept in bench/results.

  --quick      less work and rougher figures, in under three minutes
  --only NAME  one of the measurements below, or several: --only import,live
  --rows N     rows of each sensor's file (default ${ROWS.toLocaleString('en')}; --quick ${QUICK_ROWS.toLocaleString('en')})
  --file F     a recording of your own as CSV instead of simulated ones; the bare loop reads the first
  --json       print the results as JSON
  --help       print this

${all.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`).join('\n')}

node tools/bench/dist/main.js fan-out [--subscribers N] [--rate N] [--seconds N] [--stalled N]
measures subscribers alone.
`;
}
