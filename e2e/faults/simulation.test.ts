import { describe, expect, it } from 'vitest';
import { checkInvariants } from './simulation/invariants.js';
import { SimulatedWorld } from './simulation/simulated-world.js';

/** `HARK_FAULT_SEED=4711` runs that seed alone, `HARK_FAULT_SEEDS=20000` that many. */
const ONE = process.env['HARK_FAULT_SEED'];
const SEEDS = Number(process.env['HARK_FAULT_SEEDS'] ?? 150);

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

describe('the service in a world of crashes, takeovers, failing and full disks', () => {
  it(
    `keeps every promise, seed by seed`,
    async () => {
      const seeds = ONE === undefined ? Array.from({ length: SEEDS }, (_, i) => i + 1) : [Number(ONE)];
      let kills = 0;
      let acknowledged = 0;
      let windows = 0;
      for (const seed of seeds) {
        const world = await simulate(seed);
        kills += world.kills;
        acknowledged += world.numbered.filter(({ outcome }) => outcome === 'acknowledged').length;
        windows += await world.log.end('windows', 0);
      }
      // A world in which nothing happens would keep every promise too.
      expect(kills / seeds.length).toBeGreaterThan(1);
      expect(acknowledged / seeds.length).toBeGreaterThan(10);
      expect(windows / seeds.length).toBeGreaterThan(20);
    },
    15 * 60_000,
  );

  it('is the same world again for the same seed', async () => {
    const [first, second] = [await simulate(7), await simulate(7)];
    const bytes = async (world: SimulatedWorld) =>
      (await world.log.read('predictions', 0, 0, Infinity)).map(({ value }) => Buffer.from(value).toString());
    expect(await bytes(second)).toEqual(await bytes(first));
  });
});
