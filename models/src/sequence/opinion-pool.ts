/** Probabilities by activity, summing to 1; empty where there is no answer. */
export type Opinion = Readonly<Record<string, number>>;

/** No device speaks against an activity more strongly than with this probability: one that is sure may be wrong. */
const LEAST_PROBABILITY = 0.02;

/**
 * What several devices say together of one activity: the product of their probabilities, brought to sum 1 (a logarithmic
 * opinion pool of weight 1; Genest & Zidek 1986). For sensors at different places that is what Bayes' rule says when
 * they err independently and no activity is likelier than another. One opinion alone stays as it is, and an empty one
 * has no say.
 *
 * @param opinions multiplied in the order given.
 * @returns by name, in alphabetical order; empty when all opinions are.
 */
export function poolOpinions(opinions: readonly Opinion[]): Opinion {
  const heard = opinions.filter((opinion) => Object.keys(opinion).length > 0);
  const names = [...new Set(heard.flatMap((opinion) => Object.keys(opinion)))].sort();
  const least = heard.length > 1 ? LEAST_PROBABILITY : 0;
  const products = names.map((name) =>
    heard.reduce((product, opinion) => product * Math.max(least, opinion[name] ?? 0), 1),
  );
  const sum = heard.length > 1 ? products.reduce((total, product) => total + product, 0) : 1;
  return Object.fromEntries(names.map((name, i) => [name, products[i] / sum]));
}
