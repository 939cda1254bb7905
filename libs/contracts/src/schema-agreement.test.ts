import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { schemaOf } from './schema-agreement.js';

interface Point {
  readonly x: number;
  readonly names: readonly string[];
  readonly note?: string;
}

const x = z.number();
const names = z.array(z.string());
const note = z.string().optional();

describe('a schema of a type', () => {
  it('is the schema, where both say the same, readonly aside', () => {
    const schema = z.strictObject({ x, names, note });
    expect(schemaOf<Point>()(schema)).toBe(schema);
  });

  it('does not compile with a field too few, too many, optional or of another type', () => {
    const wrong = [
      // @ts-expect-error note is missing
      () => schemaOf<Point>()(z.strictObject({ x, names })),
      // @ts-expect-error y is too many, though optional
      () => schemaOf<Point>()(z.strictObject({ x, names, note, y: x.optional() })),
      // @ts-expect-error x is optional
      () => schemaOf<Point>()(z.strictObject({ x: x.optional(), names, note })),
      // @ts-expect-error names holds numbers
      () => schemaOf<Point>()(z.strictObject({ x, names: z.array(x), note })),
    ];
    expect(wrong).toHaveLength(4);
  });
});
