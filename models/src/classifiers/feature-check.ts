import { FeatureError } from '../classifier.js';

/** @throws FeatureError unless `x` is `dimensions` finite values. */
export function checkFeatures(x: Float64Array, dimensions: number): void {
  if (x.length !== dimensions) throw new FeatureError(`${x.length} features, expected ${dimensions}`);
  for (let i = 0; i < dimensions; i++) {
    // Only a finite number minus itself is 0.
    if (x[i] - x[i] !== 0) throw new FeatureError(`feature ${i} is ${x[i]}`);
  }
}
