import * as tf from '@tensorflow/tfjs-core';
import type { ClassifierFactory } from '../../classifier.js';
import { chooseBackend, type Backend, type ChosenBackend } from './choose-backend.js';
import { cpuBackend } from './cpu-backend.js';
import { nativeBackend } from './native-backend.js';
import { tensorFlowNetwork } from './tensorflow-network.js';
import { wasmBackend } from './wasm-backend.js';

export interface TensorFlow extends ChosenBackend {
  /** The network, which computes on that backend. */
  readonly network: ClassifierFactory;
}

/**
 * Starts TensorFlow.js, once, before the first classifier is made: the backend is the whole process's, and the last one
 * started counts. Prints nothing.
 * @param preference `auto`: the best that starts. Anything else: that one or none, for the bits are its own.
 * @param nativeModule an absolute path to a copy of `@tensorflow/tfjs-node`, if it is not the one installed.
 * @throws TensorFlowBackendError when none starts.
 */
export async function loadTensorFlow(
  preference: 'auto' | Backend = 'auto',
  nativeModule?: string,
): Promise<TensorFlow> {
  // Otherwise it tells the console that there are faster backends.
  tf.env().set('PROD', true);
  const starters = [nativeBackend(nativeModule), wasmBackend, cpuBackend];
  const chosen = await chooseBackend(
    starters.filter(({ backend }) => preference === 'auto' || preference === backend),
  );
  return { ...chosen, network: tensorFlowNetwork };
}
