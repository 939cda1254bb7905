import type { Xoshiro128 } from './xoshiro128.js';

/** Fills `target` with independent standard normal numbers (Box & Muller 1958), two for each pair of uniform ones. */
export function fillGaussian(target: Float64Array, random: Xoshiro128): void {
  for (let i = 0; i < target.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.nextUniform()));
    const angle = 2 * Math.PI * random.nextUniform();
    target[i] = radius * Math.cos(angle);
    if (i + 1 < target.length) target[i + 1] = radius * Math.sin(angle);
  }
}
