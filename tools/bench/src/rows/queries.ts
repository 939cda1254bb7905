import type { Bench } from '../bench.js';
import { queryRates } from '../query-rates.js';

export const queries: Bench = {
  name: 'queries',
  about: 'the queries of the reports on one core, beside a bare loop that counts',
  run: ({ quick }) => queryRates(quick ? 200_000 : 1_000_000, quick ? 3 : 5),
};
