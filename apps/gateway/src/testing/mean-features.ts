import type { FeatureExtractor, SensorSamples } from '@hark/features';

const mean = (samples: SensorSamples, column: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += column[i];
  return samples.length === 0 ? 0 : sum / samples.length;
};

/** The means of the accelerometer's axes: enough to tell activities apart in a test. */
export const meanFeatures: FeatureExtractor = {
  names: ['x', 'y', 'z'],
  schema: 'test-means',
  extract: ({ accelerometer: a }) => Float64Array.of(mean(a, a.x), mean(a, a.y), mean(a, a.z)),
};
