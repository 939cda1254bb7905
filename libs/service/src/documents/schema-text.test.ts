import { expect, it } from 'vitest';
import { schemaText } from './schema-text.js';

it.each([
  [{ $ref: '#/components/schemas/Session' }, 'Session'],
  [{ type: 'array', items: { $ref: '#/components/schemas/Session' } }, 'Session[]'],
  [{ enum: ['csv', 'ndjson'] }, '"csv" | "ndjson"'],
  [{ type: 'array', items: { enum: ['a', 'b'] } }, '("a" | "b")[]'],
  [{ type: 'integer', minimum: 1, maximum: 1000 }, 'integer, 1 to 1000'],
  [{ type: 'number', exclusiveMinimum: 0, maximum: 5 }, 'number, above 0, up to 5'],
  [{ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, 'integer, at least 0'],
  [{ type: 'string', minLength: 1, maxLength: 128 }, 'string, 1 to 128 characters'],
  [{ type: 'string', format: 'date-time' }, 'date-time'],
  [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string | null'],
  [{ type: 'object', additionalProperties: { type: 'number' } }, '{ [name]: number }'],
  [
    {
      type: 'object',
      properties: { a: { type: 'boolean', default: false }, b: { const: 1 } },
      required: ['b'],
    },
    '{\n  a?: boolean  // default false\n  b: 1\n}',
  ],
])('writes %j as %s', (schema, text) => {
  expect(schemaText(schema)).toBe(text);
});
