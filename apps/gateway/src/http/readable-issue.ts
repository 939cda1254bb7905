import type { z } from 'zod';
import { nearestName } from './nearest-name.js';

/** The parts of an issue that a sentence is made of. */
interface Fault {
  readonly code?: string;
  readonly input?: unknown;
  readonly expected?: string;
  readonly values?: readonly unknown[];
  readonly options?: readonly unknown[];
  readonly keys?: readonly string[];
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly inclusive?: boolean;
}

const ARTICLES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a JSON object',
  string: 'text',
};

/**
 * Says of a field what would be right, in words; what a schema says itself takes precedence.
 * @param known the fields that there are, to name the one that was meant.
 */
export function readableIssue(issue: unknown, known: readonly string[] = []): string {
  const fault = issue as Fault;
  const expected = expectation(fault, known);
  if (fault.code === 'unrecognized_keys') return expected;
  return fault.input === undefined ? `is missing: ${expected}` : expected;
}

/** The faults of a value, each with the field that it is in; five at most. */
export function readableFaults(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`))
    .join('; ');
}

function expectation(fault: Fault, known: readonly string[]): string {
  switch (fault.code) {
    case 'invalid_type':
      // A parameter that a query names twice comes as a list.
      if (fault.expected === 'string' && Array.isArray(fault.input)) return 'expected text, given once';
      return `expected ${ARTICLES[fault.expected ?? ''] ?? String(fault.expected)}`;
    case 'invalid_value':
      return `expected ${alternatives(fault.values)}`;
    case 'invalid_union':
      return fault.options === undefined
        ? 'expected another value'
        : `expected ${alternatives(fault.options)}`;
    case 'unrecognized_keys':
      return (fault.keys ?? []).map((key) => unknownField(key, known)).join('; ');
    case 'too_small':
      return `expected ${bound(fault, fault.minimum, fault.inclusive === false ? 'above' : 'at least')}`;
    case 'too_big':
      return `expected ${bound(fault, fault.maximum, fault.inclusive === false ? 'below' : 'at most')}`;
    default:
      return 'expected another value';
  }
}

/** Says that there is no such field, and which one was most probably meant. */
export function unknownField(key: string, known: readonly string[]): string {
  const nearest = nearestName(key, known);
  const hint = nearest === null ? '' : `, did you mean ${JSON.stringify(nearest)}?`;
  return `there is no field ${JSON.stringify(key.slice(0, 40))}${hint}`;
}

function alternatives(values: readonly unknown[] = []): string {
  const names = values.map((value) => JSON.stringify(value));
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names[names.length - 1]}`;
}

function bound({ origin }: Fault, limit: number | bigint | undefined, words: string): string {
  const unit = origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '';
  return `${words} ${String(limit)}${unit}`;
}
