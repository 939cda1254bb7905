import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeClassifier } from '../../classifier.contract.js';
import { Xoshiro128 } from '../../random/xoshiro128.js';
import { mostProbable } from '../../scores/most-probable.js';
import { BACKENDS, type Backend } from './choose-backend.js';
import { loadTensorFlow } from './load-tensorflow.js';
import { TensorFlowNetwork, tensorFlowNetwork } from './tensorflow-network.js';

/** A copy of `@tensorflow/tfjs-node` to test with, where npm could not install one. */
const NATIVE = process.env.HARK_TFJS_NODE;

const start = (backend: Backend) => loadTensorFlow(backend, NATIVE);
const notNative = await start('native').then(
  () => null,
  (error: Error) => error.message,
);

/** Two classes that no line separates: an inner disc and a ring about it. */
function rings(count: number, seed: number): { x: Float64Array; label: string }[] {
  const random = new Xoshiro128(seed);
  return Array.from({ length: count }, () => {
    const label = random.nextUniform() < 0.5 ? 'inner' : 'outer';
    const radius = label === 'inner' ? 1 : 3;
    const angle = 2 * Math.PI * random.nextUniform();
    return { x: Float64Array.of(radius * Math.cos(angle), radius * Math.sin(angle)), label };
  });
}

function learned(windows: number): TensorFlowNetwork {
  const network = new TensorFlowNetwork({ dimensions: 2, seed: 1 });
  for (const { x, label } of rings(windows, 5)) network.learn(x, label);
  return network;
}

/** Of the state after 150 windows. Node 20, 22 and 24 make the same bits; TensorFlow's C library has a build for each. */
const DIGESTS: Partial<Record<Backend, string>> = { wasm: 'fdd6081b073fcbb8', cpu: 'd89a23e32eb29a0b' };

describe.each(BACKENDS)('a network on the backend %s', (backend) => {
  const absent = backend === 'native' && notNative !== null;
  describe.skipIf(absent)(absent ? `(${notNative})` : 'that has started', () => {
    beforeAll(() => start(backend));

    describeClassifier(tensorFlowNetwork);

    it('separates what no line separates', () => {
      const network = learned(300);
      const wrong = rings(300, 6).filter(
        ({ x, label }) => network.classes[mostProbable(network.predict(x))] !== label,
      );
      expect(wrong.length).toBeLessThanOrEqual(3);
    });

    it.skipIf(DIGESTS[backend] === undefined)('makes the same bits on every version of Node', () => {
      const digest = createHash('sha256').update(learned(150).snapshot()).digest('hex');
      expect(digest.slice(0, 16)).toBe(DIGESTS[backend]);
    });

    it('leaves no tensor behind', () => {
      const before = tf.memory().numTensors;
      const network = learned(50);
      network.predict(Float64Array.of(1, 1));
      tensorFlowNetwork.restore(network.snapshot()).predict(Float64Array.of(1, 1));
      expect(tf.memory().numTensors).toBe(before);
    });

    it('does not forget a class that has not come for long', () => {
      const network = learned(300);
      for (let i = 0; i < 150; i++) network.learn(Float64Array.of(8, 8), 'far');
      const wrong = rings(300, 6).filter(
        ({ x, label }) => network.classes[mostProbable(network.predict(x))] !== label,
      );
      expect(wrong.length).toBeLessThanOrEqual(6);
    });

    it('answers as the plain backend does, but for rounding, from the same state', async () => {
      const network = learned(100);
      const answers = () => rings(20, 7).map(({ x }) => Array.from(network.predict(x)));
      const here = answers();
      await start('cpu');
      const plain = answers();
      await start(backend);
      here.forEach((answer, i) => answer.forEach((p, c) => expect(p).toBeCloseTo(plain[i][c], 4)));
    });
  });
});
