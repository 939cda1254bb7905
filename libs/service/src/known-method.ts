import { problem } from '@hark/contracts';
import type { NextFunction, Request, Response } from 'express';
import { ProblemError } from './problem.filter.js';

/** What is read of Express's router. */
interface Layer {
  match(path: string): boolean;
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

/** Express middleware: 405, with what there is, for a method that has no route at a path that has some. */
export function requireKnownMethod(request: Request, _: Response, next: NextFunction): void {
  const allowed = allowedMethods(request);
  if (allowed.length === 0 || allowed.includes(request.method)) return next();
  const allow = allowed.join(', ');
  const detail = `${request.method} is not taken here, only ${allow}; nothing has changed.`;
  next(
    new ProblemError(problem(405, 'method_not_allowed', 'Method Not Allowed', detail), {
      allow,
    }),
  );
}

/** The methods of the routes at a path; a route without parameters hides those that it is a value of. */
function allowedMethods({ app, path }: Request): string[] {
  const { stack } = app.router as unknown as { readonly stack: readonly Layer[] };
  const routes = stack.flatMap((layer) =>
    layer.route !== undefined && layer.match(path) ? [layer.route] : [],
  );
  const exact = routes.filter((route) => !/[:*]/.test(route.path));
  const methods = new Set(
    (exact.length > 0 ? exact : routes).flatMap((route) =>
      Object.keys(route.methods).map((method) => method.toUpperCase()),
    ),
  );
  // Express answers HEAD by the route of GET.
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}
