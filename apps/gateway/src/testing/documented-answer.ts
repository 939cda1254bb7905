import { PROBLEM_TYPE, answersOf, problemsOf, type Operation } from '@hark/service/documents';
import type { z } from 'zod';

export interface Call {
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Undefined = none. */
  readonly body: unknown;
}

/** An answer that the documents do not have. */
export class UndocumentedAnswerError extends Error {}

/**
 * Sends a request and holds the answer against the documents: its status, its type, its body by the schema that the
 * document was made from, and nothing beyond; of a problem, its code.
 *
 * @throws UndocumentedAnswerError
 */
export async function documentedAnswer(
  url: string,
  operation: Operation,
  { params, query, headers, body }: Call,
): Promise<{ readonly status: number; readonly value: unknown }> {
  const path = operation.path.replaceAll(/:([a-zA-Z]+)/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
  const search = new URLSearchParams(query as Record<string, string>).toString();
  const response = await fetch(`${url}${path}${search === '' ? '' : `?${search}`}`, {
    method: operation.method,
    headers: {
      // A connection kept open may be closed by the server just as the next request sets out on it.
      connection: 'close',
      ...(headers as Record<string, string>),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const { status } = response;
  const text = await response.text();
  const undocumented = (what: string): UndocumentedAnswerError =>
    new UndocumentedAnswerError(`${operation.method} ${path}: ${status} ${what}: ${text.slice(0, 1000)}`);

  const answer = answersOf(operation).get(status);
  if (answer === undefined) throw undocumented('is not listed');
  if (answer.content === undefined) {
    if (text !== '') throw undocumented('has a body');
    return { status, value: null };
  }
  const type = (response.headers.get('content-type') ?? '').split(';')[0];
  const schema: z.ZodType | undefined = answer.content[type];
  if (schema === undefined) throw undocumented(`is of the type ${type}`);
  const value: unknown = /[/+]json$/.test(type) ? JSON.parse(text) : text;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw undocumented(parsed.error.message);
  if (type === PROBLEM_TYPE) {
    const { code, status: told } = value as { readonly code: string; readonly status: number };
    if (told !== status || !problemsOf(operation)[status].includes(code)) throw undocumented('is not listed');
  }
  // Schemas drop what they do not know.
  if (JSON.stringify(sorted(parsed.data)) !== JSON.stringify(sorted(value)))
    throw undocumented('says more than is documented');
  return { status, value };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, sorted(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
