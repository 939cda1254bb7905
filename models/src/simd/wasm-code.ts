/**
 * As much of WebAssembly (Rossberg, WebAssembly Core Specification 2.0) as loops over numbers need, written down as
 * functions: each returns the bytes of an instruction after those of its operands. Addresses and lengths are in bytes.
 */
export type Code = readonly number[];

/** Types of parameters, locals and results: an address, a number, two numbers side by side. */
export type WasmType = 0x7f | 0x7c | 0x7b;
export const I32: WasmType = 0x7f;
export const F64: WasmType = 0x7c;
export const F64X2: WasmType = 0x7b;

/** Operators that begin with this byte work on two numbers at once. */
const SIMD = 0xfd;
const EMPTY = 0x40;
/** Of an address that may be any multiple of 8. */
const ALIGNED_8 = 3;

const binary =
  (...operator: number[]) =>
  (a: Code, b: Code): Code => [...a, ...b, ...operator];

export const plus = binary(0x6a);
export const minus = binary(0x6b);
export const isBelow = binary(0x49);
export const address = (value: number): Code => [0x41, ...signed(value)];

export const add = binary(0xa0);
export const subtract = binary(0xa1);
export const multiply = binary(0xa2);
export const number = (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];

export const add2 = binary(SIMD, 0xf0, 0x01);
export const subtract2 = binary(SIMD, 0xf1, 0x01);
export const multiply2 = binary(SIMD, 0xf2, 0x01);
/** The number twice. */
export const both = (value: Code): Code => [...value, SIMD, 0x14];
export const lane = (pair: Code, index: 0 | 1): Code => [...pair, SIMD, 0x21, index];
/** The pair, its first number replaced. */
export const withFirst = (pair: Code, value: Code): Code => [...pair, ...value, SIMD, 0x22, 0];
export const ZEROS: Code = [SIMD, 0x0c, ...new Uint8Array(16)];

export const load = (at: Code, offset = 0): Code => [...at, 0x2b, ALIGNED_8, ...unsigned(offset)];
export const store = (at: Code, value: Code, offset = 0): Code => [
  ...at,
  ...value,
  0x39,
  ALIGNED_8,
  ...unsigned(offset),
];
export const load2 = (at: Code, offset = 0): Code => [...at, SIMD, 0x00, ALIGNED_8, ...unsigned(offset)];
export const store2 = (at: Code, value: Code, offset = 0): Code => [
  ...at,
  ...value,
  SIMD,
  0x0b,
  ALIGNED_8,
  ...unsigned(offset),
];

export const block = (...codes: readonly Code[]): Code => codes.flat();
export const when = (condition: Code, ...body: readonly Code[]): Code => [
  ...condition,
  0x04,
  EMPTY,
  ...body.flat(),
  0x0b,
];
export const loopWhile = (condition: Code, ...body: readonly Code[]): Code => [
  ...[0x02, EMPTY, 0x03, EMPTY],
  ...[...condition, 0x45, 0x0d, 1],
  ...[...body.flat(), 0x0c, 0, 0x0b, 0x0b],
];

/** A parameter or local of a function. */
export class Local {
  readonly get: Code;

  constructor(private readonly index: number) {
    this.get = [0x20, ...unsigned(index)];
  }

  set(value: Code): Code {
    return [...value, 0x21, ...unsigned(this.index)];
  }

  /** Of an address: goes on by so many bytes. */
  advance(bytes: number): Code {
    return this.set(plus(this.get, address(bytes)));
  }
}

/** Hands out the parameters and locals of a function. */
export class Locals {
  readonly types: WasmType[] = [];

  take(...types: readonly WasmType[]): Local[] {
    return types.map((type) => new Local(this.types.push(type) - 1));
  }
}

export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly WasmType[];
  readonly results: readonly WasmType[];
  /** All of its parameters and locals, parameters first. */
  readonly locals: Locals;
  readonly body: Code;
}

/** A module of these functions, exported by name, over the memory that is imported as `memory` of `host`. */
export function moduleOf(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, results }) => [0x60, ...list(parameters), ...list(results)]);
  const bodies = functions.map(({ parameters, locals, body }) => {
    const own = locals.types.slice(parameters.length).map((type) => [1, type]);
    return sized([...vector(own), ...body, 0x0b]);
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(2, vector([[...text('host'), ...text('memory'), 0x02, 0, 0]])),
    ...section(3, vector(functions.map((_, i) => unsigned(i)))),
    ...section(7, vector(functions.map(({ name }, i) => [...text(name), 0, ...unsigned(i)]))),
    ...section(10, vector(bodies)),
  ]);
}

const sized = (bytes: Code): Code => [...unsigned(bytes.length), ...bytes];
const list = sized;
const section = (id: number, content: Code): Code => [id, ...sized(content)];
const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
/** ASCII only. */
const text = (value: string): Code => sized([...value].map((character) => character.charCodeAt(0)));

/** LEB128 */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const fits = value >= -0x40 && value < 0x40;
  return fits ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}
