import { describe, expect, it } from 'vitest';
import { personalInputs } from './personal-inputs.js';
import { NAMES } from './testing/people.js';

describe('the inputs of a personal model', () => {
  it('are 32 of the motion features, gravity first', () => {
    const inputs = personalInputs(NAMES);
    expect(inputs).toHaveLength(32);
    expect(inputs.slice(0, 4).map((i) => NAMES[i])).toEqual([
      'gravity_x',
      'gravity_y',
      'gravity_z',
      'acc_x_log_std',
    ]);
  });

  it('are the first 32 of other features', () => {
    expect(personalInputs(['speed', 'height'])).toEqual([0, 1]);
    expect(personalInputs(Array.from({ length: 40 }, (_, i) => `f${i}`))).toHaveLength(32);
  });
});
