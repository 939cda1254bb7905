import { createRequire } from 'node:module';
import { isAbsolute } from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendStarter } from './choose-backend.js';

export const NATIVE_PACKAGE = '@tensorflow/tfjs-node';

/** What is used of the package, which is optional: its types may not be there. */
interface NativeModule {
  readonly version: { readonly 'tfjs-node': string };
}

/**
 * TensorFlow's C library, on one thread: sums are taken in one order, and networks this small gain nothing by more.
 * @param module the package's name, or an absolute path to a copy of it.
 */
export function nativeBackend(module: string = NATIVE_PACKAGE): BackendStarter {
  return {
    backend: 'native',
    async start() {
      const require = createRequire(import.meta.url);
      quietAndOnOneThread();
      replaceDeprecatedFunctions();
      const { version } = load(require, module);
      if (!(await tf.setBackend('tensorflow'))) throw new Error('the TensorFlow backend does not start');
      return `${version['tfjs-node']} (${NATIVE_PACKAGE})`;
    },
  };
}

function load(require: NodeJS.Require, module: string): NativeModule {
  try {
    require.resolve(module);
  } catch {
    throw new Error(`${module} is not ${isAbsolute(module) ? 'there' : 'installed'}`);
  }
  return require(module) as NativeModule;
}

/** The library reads these when it is loaded. It would tell stderr of the processor it finds. */
function quietAndOnOneThread(): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  process.env.TF_NUM_INTRAOP_THREADS ??= '1';
  process.env.TF_NUM_INTEROP_THREADS ??= '1';
}

/**
 * The package calls two functions of `util` that Node warns of; one of them Node 23 removed. Node's own code does not
 * use them.
 */
function replaceDeprecatedFunctions(): void {
  const isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  Object.assign(util, { isNullOrUndefined, isArray: Array.isArray });
}
