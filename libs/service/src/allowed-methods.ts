import type { Request } from 'express';

/** What is read of Express's router. */
interface Layer {
  match(path: string): boolean;
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
}

/** The methods that there are routes for at the path of a request, as `Allow` lists them; empty = no such path. */
export function allowedMethods({ app, path }: Pick<Request, 'app' | 'path'>): string[] {
  const { stack } = app.router as unknown as { readonly stack: readonly Layer[] };
  const methods = new Set<string>();
  for (const layer of stack) {
    if (layer.route === undefined || !layer.match(path)) continue;
    for (const method of Object.keys(layer.route.methods)) methods.add(method.toUpperCase());
  }
  // Express answers HEAD by the route of GET.
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}
