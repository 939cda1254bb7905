import * as w from './wasm-code.js';
import { F64, F64X2, I32, Locals, type WasmFunction } from './wasm-code.js';
import { WasmProgram } from './wasm-program.js';

/** The loops of {@link PlainSymmetricMatrix}, two numbers at a time. Addresses are in bytes, `end` is that of `h`. */
export interface SymmetricMatrixFunctions {
  /** vector += A h, `vector` being 0. @returns hᵀ A h */
  multiply(a: number, h: number, vector: number, end: number): number;
  /** A = (A − vector vectorᵀ · scale) · growth; `end` is that of `vector`. */
  downdate(a: number, vector: number, end: number, scale: number, growth: number): void;
}

/**
 * The four sums of two rows are the lanes of two pairs, and columns come in pairs from the diagonal on, so that each
 * number is the sum of the same numbers in the same order as in the plain loop.
 */
function multiply(): WasmFunction {
  const locals = new Locals();
  const parameters = [I32, I32, I32, I32];
  const [row, h, vector, end] = locals.take(...parameters);
  const [hi, vi, nextRow, upper, lower, hj, vj] = locals.take(I32, I32, I32, I32, I32, I32, I32);
  const [h0, h1, quadratic] = locals.take(F64, F64, F64);
  const [h0h0, h1h1, sums0, sums1] = locals.take(F64X2, F64X2, F64X2, F64X2);
  const [ab, cd, gk] = locals.take(F64X2, F64X2, F64X2);
  const vectorPlus = (value: w.Code, offset = 0) =>
    w.store(vi.get, w.add(w.load(vi.get, offset), value), offset);
  const sumOf = (pair: w.Local) => w.add(w.lane(pair.get, 0), w.lane(pair.get, 1));
  const firstPlus = (pair: w.Local, value: w.Code) =>
    pair.set(w.withFirst(pair.get, w.add(w.lane(pair.get, 0), value)));

  const pairOfColumns = w.block(
    ab.set(w.load2(upper.get)),
    cd.set(w.load2(lower.get)),
    gk.set(w.load2(hj.get)),
    sums0.set(w.add2(sums0.get, w.multiply2(ab.get, gk.get))),
    sums1.set(w.add2(sums1.get, w.multiply2(cd.get, gk.get))),
    w.store2(
      vj.get,
      w.add2(w.load2(vj.get), w.add2(w.multiply2(ab.get, h0h0.get), w.multiply2(cd.get, h1h1.get))),
    ),
    ...[upper, lower, hj, vj].map((local) => local.advance(16)),
  );
  const lastColumn = w.block(
    firstPlus(sums0, w.multiply(w.load(upper.get), w.load(hj.get))),
    firstPlus(sums1, w.multiply(w.load(lower.get), w.load(hj.get))),
    w.store(
      vj.get,
      w.add(
        w.load(vj.get),
        w.add(w.multiply(w.load(upper.get), h0.get), w.multiply(w.load(lower.get), h1.get)),
      ),
    ),
  );
  const pairOfRows = w.block(
    h0.set(w.load(hi.get)),
    h1.set(w.load(hi.get, 8)),
    h0h0.set(w.both(h0.get)),
    h1h1.set(w.both(h1.get)),
    nextRow.set(w.plus(row.get, w.minus(end.get, hi.get))),
    sums0.set(
      w.withFirst(
        w.ZEROS,
        w.add(w.multiply(w.load(row.get), h0.get), w.multiply(w.load(row.get, 8), h1.get)),
      ),
    ),
    sums1.set(
      w.withFirst(
        w.ZEROS,
        w.add(w.multiply(w.load(row.get, 8), h0.get), w.multiply(w.load(nextRow.get), h1.get)),
      ),
    ),
    upper.set(w.plus(row.get, w.address(16))),
    lower.set(w.plus(nextRow.get, w.address(8))),
    hj.set(w.plus(hi.get, w.address(16))),
    vj.set(w.plus(vi.get, w.address(16))),
    w.loopWhile(w.isBelow(w.plus(hj.get, w.address(8)), end.get), pairOfColumns),
    w.when(w.isBelow(hj.get, end.get), lastColumn),
    vectorPlus(sumOf(sums0)),
    vectorPlus(sumOf(sums1), 8),
    row.set(w.plus(nextRow.get, w.minus(w.minus(end.get, hi.get), w.address(8)))),
    ...[hi, vi].map((local) => local.advance(16)),
  );
  const body = w.block(
    hi.set(h.get),
    vi.set(vector.get),
    w.loopWhile(w.isBelow(w.plus(hi.get, w.address(8)), end.get), pairOfRows),
    w.when(w.isBelow(hi.get, end.get), vectorPlus(w.multiply(w.load(row.get), w.load(hi.get)))),
    hi.set(h.get),
    vi.set(vector.get),
    w.loopWhile(
      w.isBelow(hi.get, end.get),
      quadratic.set(w.add(quadratic.get, w.multiply(w.load(vi.get), w.load(hi.get)))),
      ...[hi, vi].map((local) => local.advance(8)),
    ),
    quadratic.get,
  );
  return { name: 'multiply', parameters, results: [F64], locals, body };
}

function downdate(): WasmFunction {
  const locals = new Locals();
  const parameters = [I32, I32, I32, F64, F64];
  const [a, vector, end, scale, growth] = locals.take(...parameters);
  const [vi, vj] = locals.take(I32, I32);
  const [step] = locals.take(F64);
  const [steps, growths] = locals.take(F64X2, F64X2);
  const body = w.block(
    growths.set(w.both(growth.get)),
    vi.set(vector.get),
    w.loopWhile(
      w.isBelow(vi.get, end.get),
      step.set(w.multiply(w.multiply(w.load(vi.get), scale.get), growth.get)),
      steps.set(w.both(step.get)),
      vj.set(vi.get),
      w.loopWhile(
        w.isBelow(w.plus(vj.get, w.address(8)), end.get),
        w.store2(
          a.get,
          w.subtract2(w.multiply2(w.load2(a.get), growths.get), w.multiply2(steps.get, w.load2(vj.get))),
        ),
        ...[a, vj].map((local) => local.advance(16)),
      ),
      w.when(
        w.isBelow(vj.get, end.get),
        w.store(
          a.get,
          w.subtract(w.multiply(w.load(a.get), growth.get), w.multiply(step.get, w.load(vj.get))),
        ),
        a.advance(8),
      ),
      vi.advance(8),
    ),
  );
  return { name: 'downdate', parameters, results: [], locals, body };
}

export const SYMMETRIC_MATRIX_PROGRAM = new WasmProgram<SymmetricMatrixFunctions>([multiply(), downdate()]);
