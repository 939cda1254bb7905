import { CLASSIFIER_NAMES, classifierByName, type ClassifierFactory } from '@hark/models';
import type { Logger } from 'pino';

export interface Classifiers {
  readonly byName: (name: string) => ClassifierFactory | null;
  /** For the status page; null when TensorFlow.js is not loaded. */
  readonly tensorFlow: {
    readonly backend: string;
    readonly version: string;
    readonly rejected: unknown;
  } | null;
}

/** What TensorFlow.js is to compute with, and where its native module is if not in the usual place. */
export interface TensorFlowSettings {
  readonly HARK_TENSORFLOW: 'auto' | 'native' | 'wasm' | 'cpu';
  readonly HARK_TFJS_NODE?: string | undefined;
}

/** All classifiers that a model may be of. Loads TensorFlow.js only where it is asked for: it takes 50 MB. */
export async function loadClassifiers(
  withTensorFlow: boolean,
  settings: TensorFlowSettings,
  logger: Logger,
): Promise<Classifiers> {
  const more: ClassifierFactory[] = [];
  let tensorFlow: Classifiers['tensorFlow'] = null;
  if (withTensorFlow) {
    const { loadTensorFlow } = await import('@hark/models/tensorflow');
    const { backend, version, rejected, network } = await loadTensorFlow(
      settings.HARK_TENSORFLOW,
      settings.HARK_TFJS_NODE,
    );
    tensorFlow = { backend, version, rejected };
    logger.info(tensorFlow, `TensorFlow.js computes with ${backend}`);
    more.push(network);
  }
  const names = [...CLASSIFIER_NAMES, ...more.map(({ name }) => name)];
  return { byName: (name) => (names.includes(name) ? classifierByName(name, more) : null), tensorFlow };
}
