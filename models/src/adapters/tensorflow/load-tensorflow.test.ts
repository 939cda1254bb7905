import { describe, expect, it, vi } from 'vitest';
import { chooseBackend, TensorFlowBackendError, type Backend } from './choose-backend.js';
import { loadTensorFlow } from './load-tensorflow.js';

const starts = (backend: Backend) => ({ backend, start: () => Promise.resolve('1.2.3') });
const fails = (backend: Backend, thrown: unknown) => ({ backend, start: () => Promise.reject(thrown) });

describe('the choice of a backend', () => {
  it('takes the first that starts and says why not the better ones', async () => {
    const missing = new Error('no binding\n    at somewhere');
    expect(await chooseBackend([fails('native', missing), starts('wasm'), starts('cpu')])).toEqual({
      backend: 'wasm',
      version: '1.2.3',
      rejected: [{ backend: 'native', reason: 'no binding' }],
    });
  });

  it('says all the reasons when none starts, whatever was thrown', async () => {
    const choice = chooseBackend([fails('native', 'no library'), fails('wasm', { message: 'no file' })]);
    await expect(choice).rejects.toThrow(TensorFlowBackendError);
    await expect(choice).rejects.toThrow('TensorFlow.js does not start: native: no library; wasm: no file');
  });
});

describe('loading TensorFlow.js', () => {
  it('goes on with WebAssembly where the native module is not there', async () => {
    expect(await loadTensorFlow('auto', '/nowhere/tfjs-node')).toMatchObject({
      backend: 'wasm',
      version: '4.22.0',
      rejected: [{ backend: 'native', reason: '/nowhere/tfjs-node is not there' }],
    });
  });

  it('takes no other backend for the one that was asked for', async () => {
    await expect(loadTensorFlow('native', '/nowhere/tfjs-node')).rejects.toThrow(
      'TensorFlow.js does not start: native: /nowhere/tfjs-node is not there',
    );
  });

  it('hands out a network that computes on the backend', async () => {
    const { backend, network } = await loadTensorFlow('cpu');
    const classifier = network.create({ dimensions: 1, seed: 1 });
    classifier.learn(Float64Array.of(1), 'sit');
    expect([backend, classifier.name, ...classifier.predict(Float64Array.of(1))]).toEqual(['cpu', 'tfjs', 1]);
  });

  it('prints nothing and leaves no handler of errors in the process', async () => {
    const spies = [
      ...(['log', 'info', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name)),
      vi.spyOn(process.stdout, 'write'),
      vi.spyOn(process.stderr, 'write'),
    ];
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    const handlers = () => ['uncaughtException', 'unhandledRejection'].map((e) => process.listenerCount(e));
    const before = handlers();
    for (const preference of ['auto', 'wasm', 'cpu'] as const) {
      const { network } = await loadTensorFlow(preference, process.env.HARK_TFJS_NODE);
      const classifier = network.create({ dimensions: 1, seed: 1 });
      for (const label of ['sit', 'walk']) classifier.learn(Float64Array.of(1), label);
      classifier.predict(Float64Array.of(1));
    }
    // Warnings are told of at the next tick.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    const printed = spies.flatMap((spy) => spy.mock.calls);
    spies.forEach((spy) => spy.mockRestore());
    expect(printed).toEqual([]);
    expect(warnings).toEqual([]);
    expect(handlers()).toEqual(before);
  });
});
