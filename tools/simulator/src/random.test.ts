import { describe, expect, it } from 'vitest';
import { Random } from './random.js';

describe('Random', () => {
  it('depends on the seed and on the name of the stream', () => {
    const first = (seed: number, stream: string): number => new Random(seed, stream).uniform();
    expect(first(1, 'a')).toBe(first(1, 'a'));
    expect(first(1, 'a')).not.toBe(first(2, 'a'));
    expect(first(1, 'a')).not.toBe(first(1, 'b'));
  });

  it('is uniform in [0, 1) and normal with mean 0 and deviation 1', () => {
    const random = new Random(7, 'test');
    const n = 50_000;
    let sum = 0;
    let squares = 0;
    let uniforms = 0;
    let outside = 0;
    for (let i = 0; i < n; i++) {
      const value = random.normal();
      sum += value;
      squares += value * value;
      const uniform = random.uniform();
      if (!(uniform >= 0 && uniform < 1)) outside++;
      uniforms += uniform;
    }
    expect(outside).toBe(0);
    expect(Math.abs(sum / n)).toBeLessThan(0.02);
    expect(Math.abs(squares / n - 1)).toBeLessThan(0.03);
    expect(Math.abs(uniforms / n - 0.5)).toBeLessThan(0.01);
  });

  it('shuffles without losing anything', () => {
    expect(new Random(1, 's').shuffled([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5]);
  });
});
