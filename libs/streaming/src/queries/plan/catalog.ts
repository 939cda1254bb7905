import type { SourceSpec } from '@hark/contracts';
import { QuerySpecError } from '../query-spec-error.js';
import type { SourceSchema, StaticTable } from '../rows/value.js';
import { suggestion } from './nearest-name.js';

/** What a query may refer to: sources by {@link sourceKey}, tables by name. */
export interface Catalog {
  readonly sources: Readonly<Record<string, SourceSchema>>;
  readonly statics: Readonly<Record<string, StaticTable>>;
}

/** The name of a source that has one, the JSON of one that is described. */
export function sourceKey(from: SourceSpec): string {
  return typeof from === 'string' ? from : canonicalJson(from);
}

/** @throws QuerySpecError */
export function sourceOf(from: SourceSpec, catalog: Catalog, field: string): SourceSchema {
  return found(catalog.sources, sourceKey(from), 'source', field);
}

/** @throws QuerySpecError */
export function staticOf(name: string, catalog: Catalog, field: string): StaticTable {
  return found(catalog.statics, name, 'static', field);
}

function found<T>(
  all: Readonly<Record<string, T>>,
  name: string,
  what: 'source' | 'static',
  field: string,
): T {
  if (Object.hasOwn(all, name)) return all[name];
  const kind = what === 'source' ? 'source' : 'static table';
  throw new QuerySpecError(
    field,
    `unknown_${what}`,
    `there is no ${kind} ${JSON.stringify(name)}${suggestion(name, Object.keys(all))}`,
  );
}

/** JSON with the fields of each object sorted. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
