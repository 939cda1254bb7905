import { moduleOf, type WasmFunction } from './wasm-code.js';

const PAGE_BYTES = 65_536;

/** What is used of the global `WebAssembly`, which is not part of the language's own library. */
interface WasmRuntime {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (
    module: object,
    imports: { readonly host: { readonly memory: object } },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

/** A program in a memory of its own. */
export interface RunningProgram<Functions> {
  readonly memory: ArrayBuffer;
  readonly functions: Functions;
}

/** Functions in WebAssembly, compiled when they are first run. `Functions` are their signatures by name. */
export class WasmProgram<Functions> {
  /** `null` once it can't be run. */
  private module: object | null | undefined;

  constructor(private readonly functions: readonly WasmFunction[]) {}

  /**
   * @returns `null` where two numbers can't be worked on at once, or a memory can't be had: each takes gigabytes of
   * address space, if not of memory. That is not tried again, for trying costs a tenth of a second.
   */
  run(bytes: number): RunningProgram<Functions> | null {
    const runtime = (globalThis as { WebAssembly?: WasmRuntime }).WebAssembly;
    if (runtime === undefined || this.module === null) return null;
    try {
      this.module ??= new runtime.Module(moduleOf(this.functions));
      const memory = new runtime.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
      const { exports } = new runtime.Instance(this.module, { host: { memory } });
      return { memory: memory.buffer, functions: exports as Functions };
    } catch {
      this.module = null;
      return null;
    }
  }
}
