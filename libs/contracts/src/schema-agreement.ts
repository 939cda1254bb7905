import type { z } from 'zod';

type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<T[Key]> }
    : T;

type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;

/**
 * A schema of a type that is written by hand: `schemaOf<Prediction>()(z.strictObject({ … }))` compiles only where the
 * two say the same of every field, `readonly` aside.
 */
export function schemaOf<T>() {
  return <Schema extends z.ZodType>(
    schema: Same<Plain<z.output<Schema>>, Plain<T>> extends true ? Schema : never,
  ): Schema => schema;
}
