import { triangleLength } from '../classifiers/packed-cholesky.js';
import type { SymmetricMatrix } from '../classifiers/symmetric-matrix.js';
import { SYMMETRIC_MATRIX_PROGRAM, type SymmetricMatrixFunctions } from './symmetric-matrix-program.js';
import type { RunningProgram } from './wasm-program.js';

/** In a memory of its own, where WebAssembly works on two numbers at once. */
export class SimdSymmetricMatrix implements SymmetricMatrix {
  readonly triangle: Float64Array;
  readonly vector: Float64Array;
  /** What {@link multiply} multiplies by: a copy that the program reaches. */
  private readonly factor: Float64Array;
  private readonly functions: SymmetricMatrixFunctions;

  private constructor({ memory, functions }: RunningProgram<SymmetricMatrixFunctions>, rows: number) {
    const length = triangleLength(rows);
    this.triangle = new Float64Array(memory, 0, length);
    this.vector = new Float64Array(memory, 8 * length, rows);
    this.factor = new Float64Array(memory, 8 * (length + rows), rows);
    this.functions = functions;
  }

  /** @returns `null` where that can't be done. */
  static create(rows: number): SimdSymmetricMatrix | null {
    const program = SYMMETRIC_MATRIX_PROGRAM.run(8 * (triangleLength(rows) + 2 * rows));
    return program === null ? null : new SimdSymmetricMatrix(program, rows);
  }

  multiply(h: Float64Array): number {
    const { triangle, vector, factor } = this;
    factor.set(h);
    vector.fill(0);
    const end = factor.byteOffset + factor.byteLength;
    return this.functions.multiply(triangle.byteOffset, factor.byteOffset, vector.byteOffset, end);
  }

  downdate(scale: number, growth: number): void {
    const { triangle, vector } = this;
    const end = vector.byteOffset + vector.byteLength;
    this.functions.downdate(triangle.byteOffset, vector.byteOffset, end, scale, growth);
  }
}
