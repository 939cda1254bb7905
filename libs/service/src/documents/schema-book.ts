import { z } from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

type Direction = 'input' | 'output';

/**
 * JSON Schemas (draft 2020-12) of zod schemas. Those with a name stand once, under `components/schemas`, and are
 * referred to. What goes out may gain fields, so its objects are left open; what comes in is as strict as it is checked.
 */
export class SchemaBook {
  private readonly names = new Map<z.core.$ZodType, string>();
  private readonly used = new Map<string, { readonly direction: Direction; schema: JsonSchema }>();

  constructor(named: Readonly<Record<string, z.ZodType>>) {
    for (const [name, schema] of Object.entries(named)) this.names.set(schema, name);
  }

  /** The named schemas that were referred to so far. */
  get components(): Record<string, JsonSchema> {
    const sorted = [...this.used].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([name, { schema }]) => [name, schema]));
  }

  /** A schema of what goes out, or a reference to it. */
  output(schema: z.ZodType): JsonSchema {
    return this.refer(schema, 'output') ?? this.render(schema, 'output');
  }

  /** A schema of what comes in, or a reference to it. */
  input(schema: z.ZodType): JsonSchema {
    return this.refer(schema, 'input') ?? this.render(schema, 'input');
  }

  private refer(schema: z.core.$ZodType, direction: Direction): JsonSchema | null {
    const name = this.names.get(schema);
    if (name === undefined) return null;
    const known = this.used.get(name);
    if (known === undefined) {
      const entry = { direction, schema: {} };
      this.used.set(name, entry);
      entry.schema = this.render(schema, direction);
    } else if (known.direction !== direction) {
      throw new RangeError(`${name} both comes in and goes out, where it may differ`);
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  private render(root: z.core.$ZodType, io: Direction): JsonSchema {
    const schema: Record<string, unknown> = z.toJSONSchema(root, {
      target: 'draft-2020-12',
      io,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        const named = zodSchema === root ? null : this.refer(original(zodSchema, this.names), io);
        if (named !== null) {
          const { description } = jsonSchema;
          for (const key of Object.keys(jsonSchema)) delete jsonSchema[key as keyof typeof jsonSchema];
          Object.assign(jsonSchema, named, description === undefined ? {} : { description });
        }
        delete jsonSchema.readOnly;
        if (io === 'output') simplify(jsonSchema);
      },
    });
    delete schema['$schema'];
    return schema;
  }
}

/** A schema that was only described again is the one with the name. */
function original(schema: z.core.$ZodType, names: ReadonlyMap<z.core.$ZodType, string>): z.core.$ZodType {
  const { parent } = schema._zod;
  return !names.has(schema) && parent !== undefined && names.has(parent) ? parent : schema;
}

/** Drops what no reader of an answer needs: bounds of safe integers, the calendar as a pattern. */
function simplify(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.additionalProperties === false) delete schema.additionalProperties;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.format === 'date-time') delete schema.pattern;
}
