import type { JsonSchema } from './schema-book.js';

const REFERENCE = '#/components/schemas/';
/** Objects within objects that are written out. */
const MAX_DEPTH = 4;

/** A JSON Schema as a reader takes it in at a glance: `integer, 1 to 1000`, `"csv" | "ndjson"`, `Session[]`. */
export function schemaText(schema: JsonSchema, depth = 0): string {
  const { $ref, const: only, enum: values, anyOf, oneOf, allOf, type, items, format } = schema;
  if (typeof $ref === 'string') return $ref.slice(REFERENCE.length);
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ');
  const either = (anyOf ?? oneOf) as readonly JsonSchema[] | undefined;
  if (either !== undefined) return either.map((each) => schemaText(each, depth)).join(' | ');
  if (Array.isArray(allOf)) return (allOf as JsonSchema[]).map((each) => schemaText(each, depth)).join(' & ');
  if (type === 'array') return `${grouped(schemaText((items ?? {}) as JsonSchema, depth))}[]`;
  if (type === 'object') return objectText(schema, depth);
  if (type === undefined) return 'anything';
  return `${typeof format === 'string' ? format : String(type)}${bounds(schema)}`;
}

/** The fields of an object, one a line; `?` = may be absent. */
function objectText(schema: JsonSchema, depth: number): string {
  const { properties, additionalProperties, required = [] } = schema;
  const fields = Object.entries((properties ?? {}) as Record<string, JsonSchema>);
  if (fields.length === 0) {
    const values = additionalProperties;
    return typeof values === 'object' ? `{ [name]: ${schemaText(values as JsonSchema, depth)} }` : '{}';
  }
  if (depth >= MAX_DEPTH) return '{ … }';
  const margin = '  '.repeat(depth + 1);
  const lines = fields.map(([name, field]) => {
    const optional = (required as readonly string[]).includes(name) ? '' : '?';
    const { description, default: otherwise } = field;
    const about = [
      typeof description === 'string' ? description : '',
      otherwise === undefined ? '' : `default ${JSON.stringify(otherwise)}`,
    ].filter(Boolean);
    return `${margin}${name}${optional}: ${schemaText(field, depth + 1)}${about.length > 0 ? `  // ${about.join('; ')}` : ''}`;
  });
  return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`;
}

function grouped(text: string): string {
  return text.includes(' | ') && !text.startsWith('{') ? `(${text})` : text;
}

function bounds(schema: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum, minLength, maxLength } = schema;
  const safe = (bound: unknown): bound is number =>
    typeof bound === 'number' && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
  if (safe(exclusiveMinimum))
    return `, above ${exclusiveMinimum}${safe(maximum) ? `, up to ${maximum}` : ''}`;
  if (safe(minimum)) return safe(maximum) ? `, ${minimum} to ${maximum}` : `, at least ${minimum}`;
  if (safe(maxLength)) return `, ${safe(minLength) ? minLength : 0} to ${maxLength} characters`;
  return '';
}
