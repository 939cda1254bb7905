/** Features of a window that a personal model reads at most. */
export const MOST_INPUTS = 32;

/** How a person carries the device, and how strongly and how regularly they move: few numbers in which people differ. */
const OWN =
  /^gravity_[xyz]$|_log_std$|_log_mean$|_correlation$|^vertical_(iqr|skewness|entropy|lag1|lag11|periodicity|period)$/;

/**
 * Which features a personal model reads: of those of `@hark/features` the 32 named here, of others the first 32.
 *
 * @param names of all features, in their order.
 * @returns at most {@link MOST_INPUTS} indices, ascending.
 */
export function personalInputs(names: readonly string[]): readonly number[] {
  const own = names.flatMap((name, i) => (OWN.test(name) ? [i] : []));
  const chosen = own.length > 0 ? own : names.map((_, i) => i);
  return chosen.slice(0, MOST_INPUTS);
}
