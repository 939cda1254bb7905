import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ClockOffset } from './clock-offset.js';

it('estimates a clock by what came with the least delay, whatever comes in bursts or astray', () => {
  const clock = new ClockOffset();
  const ten = 1_800_000;
  for (let i = 0; i < 32; i++) clock.add(i * 1280 + ten + 40 + (7 - (i % 8)) * 1280, i * 1280);
  expect(clock.ms).toBe(ten + 40);
  for (const stray of [1, 2, 3]) clock.add(stray, stray + 9_000_000);
  expect(clock.ms).toBe(ten + 40);
});

it('is the lower decile of the newest 32 differences, as sorting them gives it', () => {
  const differences = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(differences, (said) => {
      const clock = new ClockOffset();
      said.forEach((difference, i) => clock.add(i * 1280 + difference, i * 1280));
      const sorted = said.slice(-32).sort((a, b) => a - b);
      expect(clock.ms).toBe(sorted[Math.floor((sorted.length - 1) / 10)]);
    }),
  );
});
