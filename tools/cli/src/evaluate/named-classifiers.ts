import { classifierByName, type ClassifierFactory } from '@hark/models';

/** The network on TensorFlow.js: {@link namedClassifiers} loads what it needs. */
export const TENSORFLOW_NETWORK = 'tfjs';

/**
 * Classifiers in the order of their names. TensorFlow.js takes 50 MB and a second: it is loaded where its network is asked
 * for, and computes on the fastest backend that starts.
 * @throws UnknownClassifierError, TensorFlowBackendError
 */
export async function namedClassifiers(names: readonly string[]): Promise<readonly ClassifierFactory[]> {
  const more: ClassifierFactory[] = [];
  if (names.includes(TENSORFLOW_NETWORK)) {
    const { loadTensorFlow } = await import('@hark/models/tensorflow');
    more.push((await loadTensorFlow()).network);
  }
  return names.map((name) => classifierByName(name, more));
}
