import { problem } from '@hark/contracts';
import type { NextFunction, Request, Response } from 'express';
import { ProblemError } from './problem.filter.js';

/** What is read of Express's router. */
interface Route {
  readonly path: string;
  readonly methods: Readonly<Record<string, boolean>>;
}

interface Layer {
  match(path: string): boolean;
  readonly route?: Route;
}

/** By app, `GET /v1/status` of each route without parameters: asked of every request, so it is not looked for in all. */
const plainRoutes = new WeakMap<object, ReadonlySet<string>>();

/** Express middleware: 405, with what there is, for a method that has no route at a path that has some. */
export function requireKnownMethod(request: Request, _: Response, next: NextFunction): void {
  if (isPlainRoute(request)) return next();
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

/** Whether the request is to a route without parameters; routes are all known when the first request comes. */
function isPlainRoute({ app, method, path }: Request): boolean {
  let known = plainRoutes.get(app);
  if (known === undefined) {
    const plain = routesOf(app).filter(isPlain);
    known = new Set(plain.flatMap((route) => methodsOf(route).map((each) => `${each} ${route.path}`)));
    plainRoutes.set(app, known);
  }
  return known.has(`${method} ${path}`);
}

/** The methods of the routes at a path; a route without parameters hides those that it is a value of. */
function allowedMethods({ app, path }: Request): string[] {
  const routes = routesOf(app, path);
  const exact = routes.filter(isPlain);
  const methods = new Set((exact.length > 0 ? exact : routes).flatMap(methodsOf));
  // Express answers HEAD by the route of GET.
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}

/** All routes, or those at a path. */
function routesOf(app: Request['app'], path?: string): Route[] {
  const { stack } = app.router as unknown as { readonly stack: readonly Layer[] };
  return stack.flatMap((layer) =>
    layer.route !== undefined && (path === undefined || layer.match(path)) ? [layer.route] : [],
  );
}

const isPlain = ({ path }: Route): boolean => !/[:*{(]/.test(path);

const methodsOf = ({ methods }: Route): string[] =>
  Object.keys(methods).map((method) => method.toUpperCase());
