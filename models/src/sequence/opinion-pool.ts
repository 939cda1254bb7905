/** Probabilities by activity, summing to 1; empty where there is no answer. */
export type Opinion = Readonly<Record<string, number>>;

/** No device speaks against an activity more strongly than with this probability: one that is sure may be wrong. */
const LEAST_PROBABILITY = 0.02;

/**
 * What several devices say together of one activity: the product of their probabilities, brought to sum 1 (a logarithmic
 * opinion pool; Genest & Zidek 1986). For sensors at different places that is what Bayes' rule says when they err
 * independently and no activity is likelier than another. Where weights are given, the greatest counts for 1 and a
 * probability of the others is raised to its share of that. One opinion alone stays as it is, and an empty one has no say.
 *
 * @param opinions multiplied in the order given.
 * @param weights of the opinions, above 0; all alike by default.
 * @returns by name, in alphabetical order; empty when all opinions are.
 */
export function poolOpinions(opinions: readonly Opinion[], weights?: readonly number[]): Opinion {
  const heard = opinions.flatMap((opinion, i) =>
    Object.keys(opinion).length > 0 ? [{ opinion, weight: weights?.[i] ?? 1 }] : [],
  );
  if (heard.length === 1) return sorted(heard[0].opinion);
  const names = namesOf(heard.map(({ opinion }) => opinion));
  const most = heard.reduce((greatest, { weight }) => Math.max(greatest, weight), 0);
  const products = names.map((name) =>
    heard.reduce((product, { opinion, weight }) => {
      const probability = Math.max(LEAST_PROBABILITY, opinion[name] ?? 0);
      return product * (weight === most ? probability : Math.exp(Math.log(probability) * (weight / most)));
    }, 1),
  );
  const sum = products.reduce((total, product) => total + product, 0);
  return Object.fromEntries(names.map((name, i) => [name, products[i] / sum]));
}

/** The names of all of them, in alphabetical order. */
function namesOf(opinions: readonly Opinion[]): readonly string[] {
  const [first = [], ...others] = opinions.map((opinion) => Object.keys(opinion));
  const areAlike = others.every((other) => areEqual(other, first));
  const names = areAlike ? first : [...new Set([first, ...others].flat())];
  return isAscending(names) ? names : names.sort();
}

function areEqual(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name, i) => name === others[i]);
}

function isAscending(names: readonly string[]): boolean {
  for (let i = 1; i < names.length; i++) if (!(names[i - 1] < names[i])) return false;
  return true;
}

function sorted(opinion: Opinion): Opinion {
  if (isAscending(Object.keys(opinion))) return opinion;
  return Object.fromEntries(Object.entries(opinion).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The likeliest activity, of equals the first; null of an empty opinion. */
export function mostProbableName(opinion: Opinion): string | null {
  let best: string | null = null;
  for (const name of Object.keys(opinion)) if (best === null || opinion[name] > opinion[best]) best = name;
  return best;
}
