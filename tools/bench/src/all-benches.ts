import type { Bench } from './bench.js';
import { demo } from './rows/demo.js';
import { durableIngest } from './rows/durable-ingest.js';
import { fanningOut } from './rows/fan-out.js';
import { growth } from './rows/growth.js';
import { importing } from './rows/import.js';
import { kafka } from './rows/kafka.js';
import { learner } from './rows/learner.js';
import { live } from './rows/live.js';
import { oneCore } from './rows/one-core.js';
import { queries } from './rows/queries.js';
import { reports } from './rows/reports.js';
import { start } from './rows/start.js';

/** In the order in which they are measured. */
export const ALL_BENCHES: readonly Bench[] = [
  oneCore,
  learner,
  queries,
  importing,
  reports,
  live,
  kafka,
  durableIngest,
  fanningOut,
  start,
  growth,
  demo,
];
