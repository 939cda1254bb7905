/**
 * Kappa-temporal (Žliobaitė et al. 2015): 1 = perfect, 0 = as good as repeating the last label, negative = worse; 0
 * where repeating is perfect too.
 */
export function kappaTemporal(accuracy: number, noChangeAccuracy: number): number {
  return noChangeAccuracy === 1 ? 0 : (accuracy - noChangeAccuracy) / (1 - noChangeAccuracy);
}
