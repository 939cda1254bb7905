import * as tf from '@tensorflow/tfjs-core';
import type { BackendStarter } from './choose-backend.js';

/** Plain JavaScript: starts everywhere. */
export const cpuBackend: BackendStarter = {
  backend: 'cpu',
  async start() {
    const { version_cpu: version } = await import('@tensorflow/tfjs-backend-cpu');
    if (!(await tf.setBackend('cpu'))) throw new Error('the plain backend does not start');
    return version;
  },
};
