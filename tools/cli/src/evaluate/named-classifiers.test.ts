import { UnknownClassifierError } from '@hark/models';
import { describe, expect, it } from 'vitest';
import { namedClassifiers } from './named-classifiers.js';

describe('classifiers by name', () => {
  it('come in the order asked for, the network on TensorFlow.js too', async () => {
    const found = await namedClassifiers(['majority', 'tfjs', 'rls']);
    expect(found.map(({ name }) => name)).toEqual(['majority', 'tfjs', 'rls']);
    const network = found[1].create({ dimensions: 2, seed: 1 });
    network.learn(Float64Array.of(1, 0), 'walk');
    expect([...network.predict(Float64Array.of(1, 0))]).toEqual([1]);
  });

  it('are refused when there is none of the name', async () => {
    await expect(namedClassifiers(['majority', 'magic'])).rejects.toThrow(UnknownClassifierError);
  });
});
