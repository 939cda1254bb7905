import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { mostProbableName, poolOpinions } from './opinion-pool.js';

describe('a pool of opinions', () => {
  it('multiplies what two devices say: 0.8 · 0.4 to 0.2 · 0.6', () => {
    const pooled = poolOpinions([
      { walk: 0.8, sit: 0.2 },
      { sit: 0.6, walk: 0.4 },
    ]);
    expect(Object.keys(pooled)).toEqual(['sit', 'walk']);
    expect(pooled.walk).toBeCloseTo(0.7272727272727, 12);
    expect(pooled.sit).toBeCloseTo(0.2727272727273, 12);
  });

  it('leaves one opinion as it is, and one without an answer has no say', () => {
    expect(poolOpinions([{}, { walk: 1, sit: 0 }, {}])).toEqual({ sit: 0, walk: 1 });
    expect(poolOpinions([{}, {}])).toEqual({});
  });

  it('lets no device rule an activity out, by certainty or because it has never met it', () => {
    expect(poolOpinions([{ walk: 1, sit: 0 }, { walk: 0, sit: 1 }])).toEqual({ sit: 0.5, walk: 0.5 }); // prettier-ignore
    expect(poolOpinions([{ walk: 1 }, { walk: 0.1, stand: 0.9 }])).toEqual({
      stand: expect.closeTo(0.018 / 0.118, 12),
      walk: expect.closeTo(0.1 / 0.118, 12),
    });
  });

  it('raises what is said to the share of the greatest weight: 0.8 · √0.4 to 0.2 · √0.6', () => {
    const pooled = poolOpinions([{ walk: 0.8, sit: 0.2 }, { sit: 0.6, walk: 0.4 }, {}], [4, 2, 9]); // prettier-ignore
    expect(pooled.walk).toBeCloseTo(0.505964425626941 / (0.505964425626941 + 0.15491933384829668), 12);
    expect(
      poolOpinions(
        [
          { walk: 0.8, sit: 0.2 },
          { sit: 1, walk: 0 },
        ],
        [1, 1],
      ),
    ).toEqual(
      poolOpinions([
        { walk: 0.8, sit: 0.2 },
        { sit: 1, walk: 0 },
      ]),
    );
  });

  it('sums to 1, whatever is said', () => {
    const opinion = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(opinion, { minLength: 2, maxLength: 4 }), (opinions) => {
        const pooled = poolOpinions(
          opinions.map((each) => Object.fromEntries(each.map((p, i) => [`c${i}`, p]))),
        );
        expect(Object.values(pooled).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('is right more often than either of two devices that err independently', () => {
    const random = new Xoshiro128(2);
    const right = { phone: 0, watch: 0, both: 0 };
    for (let i = 0; i < 2000; i++) {
      // The true class is the first; each device's log odds lie about 1.
      const said = () => 1 / (1 + Math.exp(-1 - 3 * (random.nextUniform() + random.nextUniform() - 1)));
      const [phone, watch] = [said(), said()];
      right.phone += phone > 0.5 ? 1 : 0;
      right.watch += watch > 0.5 ? 1 : 0;
      right.both += poolOpinions([{ a: phone, b: 1 - phone }, { a: watch, b: 1 - watch }]).a > 0.5 ? 1 : 0; // prettier-ignore
    }
    expect(right.both).toBeGreaterThan(Math.max(right.phone, right.watch) + 50);
  });
});

describe('the most probable name', () => {
  it('is the first of equals, and none of an empty opinion', () => {
    expect(mostProbableName({ sit: 0.4, walk: 0.4, lie: 0.2 })).toBe('sit');
    expect(mostProbableName({})).toBeNull();
  });
});
