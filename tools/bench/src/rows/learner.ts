import type { Bench } from '../bench.js';
import { learnerCost } from '../learner-cost.js';

export const learner: Bench = {
  name: 'learner',
  about: 'predicting and learning one window, beside plain softmax, and what is kept',
  run: ({ quick }) => learnerCost(quick ? 1 : 5),
};
