import type { NewRecord } from '@hark/streaming';
import { storedPrediction } from './stored-predictions.js';

/**
 * For tests: predictions of some users with two devices each, whose activity changes now and then, with early
 * emissions, uncertain windows and clocks that disagree. The same seed gives the same records.
 */
export function madeUpPredictions(count: number, seed = 1, users = 3): NewRecord[] {
  let state = seed;
  const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
  const activities = ['walk', 'sit', 'stand'];
  const doing = new Map<string, number>();
  const hops = new Map<string, number>();
  return Array.from({ length: count }, (_, i) => {
    const user = `u${random(users)}`;
    const device = random(2) === 0 ? 'phone' : 'watch';
    const key = `${user} ${device}`;
    if (random(12) === 0) doing.set(user, random(3));
    const hop = (hops.get(key) ?? 0) + (random(5) === 0 ? 0 : 1);
    hops.set(key, hop);
    const activity = activities[doing.get(user) ?? 0];
    const other = activities[((doing.get(user) ?? 0) + 1) % 3];
    const confidence = (40 + random(60)) / 100;
    return storedPrediction({
      user,
      device,
      startMs: hop * 1280 + (device === 'watch' ? 0 : 1_800_000),
      activity,
      confidence,
      probabilities: random(10) === 0 ? {} : { [activity]: confidence, [other]: 1 - confidence },
      final: random(3) > 0,
      receivedMs: 1_700_000_000_000 + i * 250 + random(2000),
    });
  });
}
