import { afterEach, describe, expect, it } from 'vitest';
import { F64, I32, Locals, add, address, load, type WasmFunction } from './wasm-code.js';
import { WasmProgram } from './wasm-program.js';

/** The number at an address and the one 128 KiB behind it, added up. */
function addUp(): WasmFunction {
  const locals = new Locals();
  const [at] = locals.take(I32);
  const body = add(load(at.get), load(at.get, 131_072));
  return { name: 'addUp', parameters: [I32], results: [F64], locals, body };
}

const program = (fn: WasmFunction = addUp()) => new WasmProgram<{ addUp(at: number): number }>([fn]);

describe('WasmProgram', () => {
  const real = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly') as PropertyDescriptor;
  afterEach(() => Object.defineProperty(globalThis, 'WebAssembly', real));

  it('runs over a memory of its own', () => {
    const [one, other] = [program().run(131_088), program().run(131_088)];
    new Float64Array(one?.memory as ArrayBuffer).set([1, 2]);
    new Float64Array(one?.memory as ArrayBuffer).set([10, 20], 16_384);
    expect([one?.functions.addUp(0), one?.functions.addUp(8), other?.functions.addUp(0)]).toEqual([
      11, 22, 0,
    ]);
  });

  it('does not run where there is no WebAssembly', () => {
    Object.defineProperty(globalThis, 'WebAssembly', { value: undefined, configurable: true });
    expect(program().run(8)).toBeNull();
  });

  it('does not run where its code is not understood', () => {
    const strange = { ...addUp(), body: address(0) };
    expect(program(strange).run(8)).toBeNull();
  });

  it('does not run again once there was no room for its memory', () => {
    const full = program();
    expect(full.run(65_536 * 65_537)).toBeNull();
    expect(full.run(8)).toBeNull();
  });
});
