import { performance } from 'node:perf_hooks';
import { createFeatureExtractor } from '@hark/features';
import { DEFAULT_CLASSIFIER, classifierByName } from '@hark/models';
import type { Figure } from './figure.js';

const WINDOWS = 3000;
const CLASSES = ['bike', 'sit', 'stand', 'walk', 'stairsup', 'stairsdown', 'lie'];

/** Microseconds to predict, and to predict and learn, one window of the default features. */
export function learnerCost(): Figure[] {
  const { dimensions, vectors } = madeUpVectors();
  const learn = classifierByName(DEFAULT_CLASSIFIER).create({ dimensions, seed: 1 });
  const started = performance.now();
  vectors.forEach((x, i) => {
    learn.predict(x);
    learn.learn(x, CLASSES[i % CLASSES.length]);
  });
  const both = ((performance.now() - started) * 1000) / WINDOWS;
  const predictStarted = performance.now();
  for (const x of vectors) learn.predict(x);
  const predict = ((performance.now() - predictStarted) * 1000) / WINDOWS;
  return [
    { name: `${DEFAULT_CLASSIFIER}: predict and learn, ${dimensions} features`, value: both, unit: 'µs' },
    { name: `${DEFAULT_CLASSIFIER}: predict`, value: predict, unit: 'µs' },
    { name: `${DEFAULT_CLASSIFIER}: state`, value: learn.snapshot().length / 1024, unit: 'KiB' },
  ];
}

/** Vectors around a centre for each class; a multiplicative generator is random enough for a load. */
function madeUpVectors(): { dimensions: number; vectors: Float64Array[] } {
  const dimensions = createFeatureExtractor().names.length;
  let seed = 1;
  const uniform = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const centres = CLASSES.map(() => Float64Array.from({ length: dimensions }, () => uniform() * 4));
  const vectors = Array.from({ length: WINDOWS }, (_, i) =>
    centres[i % CLASSES.length].map((c) => c + uniform()),
  );
  return { dimensions, vectors };
}
