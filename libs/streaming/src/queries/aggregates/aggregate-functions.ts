import type { ColumnType } from '@hark/contracts';
import type { Aggregate } from './aggregate.js';
import { Count } from './count.js';
import { SampleDeviation } from './deviation.js';
import { extreme } from './extremes.js';
import { LongSum } from './long-sum.js';
import { ApproximateDistinct, ApproximateQuantile } from './sketches.js';
import { Average, DoubleSum } from './sum-and-count.js';

export interface AggregateFunction {
  /** Which columns it takes. */
  readonly takes: 'any' | 'numbers';
  /** @param q which quantile, of `approx_quantile` alone. */
  make(type: ColumnType, q: number): Aggregate;
}

const ANY = (make: AggregateFunction['make']): AggregateFunction => ({ takes: 'any', make });
const NUMBERS = (make: AggregateFunction['make']): AggregateFunction => ({ takes: 'numbers', make });

export const AGGREGATE_FUNCTIONS: Readonly<Record<string, AggregateFunction>> = {
  count: ANY(() => new Count()),
  sum: NUMBERS((type) => (type === 'long' ? new LongSum() : new DoubleSum())),
  avg: NUMBERS(() => new Average()),
  min: ANY((type) => extreme('min', type)),
  max: ANY((type) => extreme('max', type)),
  stddev: NUMBERS(() => new SampleDeviation()),
  approx_count_distinct: ANY(() => new ApproximateDistinct()),
  approx_quantile: NUMBERS((_type, q) => new ApproximateQuantile(q)),
};
