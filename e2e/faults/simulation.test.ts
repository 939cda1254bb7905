import { describe, expect, it } from 'vitest';
import { checkInvariants } from './simulation/invariants.js';
import { SimulatedWorld } from './simulation/simulated-world.js';

/** `HARK_FAULT_SEED=4711` runs that seed alone, `HARK_FAULT_SEEDS=20000` that many. */
const ONE = process.env['HARK_FAULT_SEED'];
const SEEDS = Number(process.env['HARK_FAULT_SEEDS'] ?? 150);

/** The seeds in pieces, so that one sees how far it is. */
function ranges(): [from: number, to: number][] {
  if (ONE !== undefined) return [[Number(ONE), Number(ONE)]];
  const pieces: [number, number][] = [];
  for (let from = 1; from <= SEEDS; from += 1000) pieces.push([from, Math.min(SEEDS, from + 999)]);
  return pieces;
}

async function simulate(seed: number): Promise<SimulatedWorld> {
  const world = new SimulatedWorld(seed);
  try {
    await checkInvariants(world, await world.run());
  } catch (error) {
    throw new Error(`seed ${seed}: ${(error as Error).message}; again: HARK_FAULT_SEED=${seed}`, {
      cause: error,
    });
  }
  return world;
}

describe('the service in a world of crashes, takeovers, failing and full disks, jumping clocks and damaged states', () => {
  it.each(ranges())(
    'keeps every promise, seeds %i to %i',
    async (from, to) => {
      const count = to - from + 1;
      let kills = 0;
      let damaged = 0;
      let clockJumps = 0;
      let acknowledged = 0;
      let windows = 0;
      for (let seed = from; seed <= to; seed++) {
        const world = await simulate(seed);
        kills += world.kills;
        damaged += world.damaged;
        clockJumps += world.clockJumps;
        acknowledged += world.numbered.filter(({ outcome }) => outcome === 'acknowledged').length;
        windows += await world.log.end('windows', 0);
      }
      if (count === 1) return;
      // A world in which nothing happens would keep every promise too.
      expect(kills / count).toBeGreaterThan(1);
      expect(damaged / count).toBeGreaterThan(0.1);
      expect(clockJumps / count).toBeGreaterThan(0.5);
      expect(acknowledged / count).toBeGreaterThan(10);
      expect(windows / count).toBeGreaterThan(20);
    },
    10 * 60_000,
  );

  it('is the same world again for the same seed', async () => {
    const [first, second] = [await simulate(7), await simulate(7)];
    const bytes = async (world: SimulatedWorld) =>
      (await world.log.read('predictions', 0, 0, Infinity)).map(({ value }) => Buffer.from(value).toString());
    expect(await bytes(second)).toEqual(await bytes(first));
  });
});
