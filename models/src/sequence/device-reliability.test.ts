import { describe, expect, it } from 'vitest';
import { DeviceReliability } from './device-reliability.js';

function heard(right: number, wrong: number): DeviceReliability {
  const reliability = new DeviceReliability();
  for (let i = 0; i < right + wrong; i++) reliability.add('ann-watch', 'watch', i >= wrong);
  return reliability;
}

describe('the reliability of devices', () => {
  it('is the same for all of which nothing is known: ln 3', () => {
    const reliability = new DeviceReliability();
    expect(reliability.weight('a', 'watch')).toBeCloseTo(1.0986122886681098, 12);
    expect(reliability.weight('b', 'phone')).toBe(reliability.weight('a', 'watch'));
  });

  it('is the logarithm of the odds of being right, of the last hundred windows or so', () => {
    // After many windows the counts are 100: of kind (96 or so + 1.5) / 102.
    const reliability = new DeviceReliability();
    for (let i = 0; i < 3000; i++) reliability.add('ann-watch', 'watch', i % 10 !== 0);
    const odds = Math.exp(reliability.weight('ann-watch', 'watch'));
    expect(odds).toBeGreaterThan(7.5);
    expect(odds).toBeLessThan(10.5);
  });

  it('of a new device is near that of its kind, and of another kind as before', () => {
    const reliability = heard(2, 8);
    expect(reliability.weight('bob-watch', 'watch')).toBeLessThan(0.1);
    expect(reliability.weight('bob-phone', 'phone')).toBeCloseTo(1.0986122886681098, 12);
  });

  it('is above 0 for a device that is always wrong, and finite for one that never is', () => {
    expect(heard(0, 500).weight('ann-watch', 'watch')).toBeGreaterThan(0);
    expect(heard(5000, 0).weight('ann-watch', 'watch')).toBeLessThan(7);
  });
});
