import { z } from 'zod';

const DECIMAL = /^-?\d{1,16}(?:\.\d{1,15})?$/;

/** A parameter that is a number, written in decimal digits: not empty, nor in any other of JavaScript's notations. */
export function queryNumber<Schema extends z.ZodNumber>(schema: Schema) {
  return z.preprocess(
    (text) => (typeof text === 'string' && DECIMAL.test(text) ? Number(text) : text),
    schema,
  );
}
