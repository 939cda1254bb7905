import type { JsonSchema } from '@hark/service/documents';
import fc from 'fast-check';

/** Values that a JSON Schema, of the kinds that our documents hold, allows. Texts are short. */
export function allowedBy(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { const: only, enum: values, anyOf, oneOf, type, items, properties } = schema;
  if (only !== undefined) return fc.constant(only);
  if (Array.isArray(values)) return fc.constantFrom(...(values as unknown[]));
  const either = anyOf ?? oneOf;
  if (Array.isArray(either)) return fc.oneof(...(either as JsonSchema[]).map(allowedBy));
  if (Array.isArray(type))
    return fc.oneof(...type.map((each) => allowedBy({ ...schema, type: each as string })));
  if (Object.keys(schema).length === 0) return fc.jsonValue();
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: (schema['minimum'] as number) ?? 0, max: Math.min(1e9, bound(schema)) });
    case 'number':
      return numbers(schema);
    case 'string':
      return texts(schema);
    case 'array':
      return fc.array(allowedBy(items as JsonSchema), {
        minLength: (schema['minItems'] as number) ?? 0,
        maxLength: Math.min(4, (schema['maxItems'] as number) ?? 4),
      });
    case 'object': {
      if (properties === undefined) return dictionaries(schema);
      const fields = Object.entries(properties as Record<string, JsonSchema>);
      return fc.record(Object.fromEntries(fields.map(([name, field]) => [name, allowedBy(field)])), {
        requiredKeys: (schema['required'] as string[]) ?? [],
      });
    }
    default:
      throw new RangeError(`no values for ${JSON.stringify(schema)}`);
  }
}

/** Anything but what is meant: other types, other bounds, fields too many. */
export function near(schema: JsonSchema): fc.Arbitrary<unknown> {
  const wild = fc.oneof(
    fc.jsonValue(),
    fc.string(),
    fc.integer(),
    fc.constant(null),
    fc.constant('__proto__'),
  );
  if (schema['type'] !== 'object') return wild;
  const broken = fc
    .tuple(
      allowedBy(schema),
      fc.oneof(fc.constantFrom(...Object.keys(schema['properties'] as object)), fc.string()),
      wild,
    )
    .map(([value, name, other]) => ({ ...(value as object), [name]: other }));
  return fc.oneof(broken, wild);
}

/** An object whose names are data. */
function dictionaries({ additionalProperties }: JsonSchema): fc.Arbitrary<unknown> {
  const inner =
    typeof additionalProperties === 'object' ? allowedBy(additionalProperties as JsonSchema) : fc.jsonValue();
  return fc.dictionary(fc.string({ maxLength: 5 }), inner, { maxKeys: 3 });
}

function bound({ maximum = Infinity }: { readonly maximum?: unknown }): number {
  return maximum as number;
}

function numbers({ minimum, exclusiveMinimum, maximum }: JsonSchema): fc.Arbitrary<number> {
  return fc.double({
    min: ((exclusiveMinimum ?? minimum) as number | undefined) ?? -1e9,
    minExcluded: exclusiveMinimum !== undefined,
    max: (maximum as number | undefined) ?? 1e9,
    noNaN: true,
  });
}

const TIMES = [
  '1970-01-01T00:00:00Z',
  '2026-01-01T00:00:30.5+01:00',
  '2262-04-11T23:47:16Z',
  '9999-12-31T23:59:59Z',
];

function texts({ format, pattern, minLength = 0, maxLength = 20 }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'date-time') return fc.constantFrom(...TIMES);
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern));
  return fc.string({
    minLength: minLength as number,
    maxLength: Math.min(20, maxLength as number),
    unit: 'binary',
  });
}
