import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendStarter } from './choose-backend.js';

/** The package's own WebAssembly, read from its folder; on Node it has one thread. */
export const wasmBackend: BackendStarter = {
  backend: 'wasm',
  async start() {
    const { setWasmPaths, version_wasm: version } = await import('@tensorflow/tfjs-backend-wasm');
    const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
    setWasmPaths(dirname(main) + sep);
    await keepingProcessListeners(async () => {
      if (!(await tf.setBackend('wasm'))) await explain();
    });
    return version;
  },
};

/** `setBackend` says only that it failed; the backend's factory, called once more, throws why. */
async function explain(): Promise<never> {
  await tf.findBackendFactory('wasm')();
  throw new Error('the WebAssembly backend does not start');
}

/** The module installs handlers that end the process on any unhandled rejection: whether to is not its decision. */
async function keepingProcessListeners(start: () => Promise<void>): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = new Map(events.map((event) => [event, new Set(process.listeners(event as 'beforeExit'))]));
  try {
    await start();
  } finally {
    for (const event of events) {
      for (const listener of process.listeners(event as 'beforeExit')) {
        if (!before.get(event)!.has(listener)) process.off(event, listener);
      }
    }
  }
}
