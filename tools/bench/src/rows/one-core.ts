import type { Bench } from '../bench.js';
import { rowRate } from '../bench.js';
import { parseRate, windowerRate } from '../stages.js';

/** The stages that one core does alone. */
export const oneCore: Bench = {
  name: 'stages',
  about: 'parsing CSV and JSON lines, and the windower without features, on one core',
  run: (context) => {
    const [csv] = context.csv();
    const [jsonLines] = context.jsonLines();
    return [
      rowRate(context, 'parse CSV, one core', parseRate(csv), { atLeast: 4_000_000 }),
      rowRate(context, 'parse JSON lines, one core', parseRate(jsonLines)),
      rowRate(context, 'windower, one core', windowerRate(csv), { atLeast: 2_000_000 }),
    ];
  },
};
