import type { Need } from './principal.js';

/** A route of any of the apps, and what it needs. `:name` stands for one segment of the path, `*` for any rest. */
export interface RouteRule {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT' | 'UPGRADE';
  readonly path: string;
  readonly needs: Need;
}

/** What a route needs that is not listed: nobody gets more by a route being forgotten. */
export const UNLISTED: Need = 'operate';

const rules = (needs: Need, ...routes: readonly `${RouteRule['method']} /${string}`[]): RouteRule[] =>
  routes.map((route) => {
    const [method, path] = route.split(' ');
    return { method: method as RouteRule['method'], path, needs };
  });

/**
 * What each route needs, of all apps. What a token of a role may see of it is for the route to say, by the users of
 * the {@link Principal}.
 */
export const ROUTES: readonly RouteRule[] = [
  // For probes, which have no token: whether the app lives and takes part, and what is in the way; nobody's data.
  ...rules('nothing', 'GET /health/live', 'GET /health/ready'),
  // The page and the documents are the same for everybody and hold no data; a browser loads them before it can show
  // a token.
  ...rules('nothing', 'GET /', 'GET /assets/:file', 'GET /favicon.ico', 'GET /docs', 'GET /docs/*'),
  ...rules('nothing', 'GET /openapi.json', 'GET /asyncapi.json'),

  ...rules('ingest', 'POST /v1/samples', 'UPGRADE /v1/samples', 'GET /v1/producers/:id'),
  ...rules('ingest', 'POST /v1/sensor-logger', 'POST /v1/phyphox', 'GET /v1/clients/phyphox'),
  ...rules('ingest', 'GET /v1/clients', 'GET /v1/connections'),
  // A phone can send no header: the token stands in the body, and a code of ten minutes in the path of its experiment.
  ...rules('nothing', 'POST /v1/phyphox/with-token', 'GET /v1/clients/phyphox/:code'),

  // Handed on by another ingest process, which shows that it reads the log.
  ...rules(
    'nothing',
    'POST /v1/partitions/:partition/samples',
    'GET /v1/partitions/:partition/producers/:id',
  ),
  // Asked by another gateway, which shows the same.
  ...rules('nothing', 'GET /v1/gateways/replays/:id'),

  ...rules('subscribe', 'UPGRADE /v1/live', 'GET /v1/live', 'GET /v1/events', 'GET /v1/alerts'),
  ...rules('subscribe', 'GET /v1/alerts/rules', 'POST /v1/alerts/rules', 'DELETE /v1/alerts/rules/:id'),
  ...rules('subscribe', 'GET /v1/models', 'GET /v1/models/at', 'GET /v1/models/:version'),
  ...rules('subscribe', 'GET /v1/sessions', 'GET /v1/sessions/:id', 'GET /v1/sessions/:id/samples'),
  ...rules('subscribe', 'GET /v1/replays', 'POST /v1/replays', 'POST /v1/replays/compare'),
  ...rules('subscribe', 'GET /v1/replays/:id', 'POST /v1/replays/:id/control', 'DELETE /v1/replays/:id'),

  // How the service fares, for Prometheus and the like; nothing of what anybody did, nothing that changes anything.
  ...rules('monitor', 'GET /metrics', 'GET /v1/status'),

  ...rules('operate', 'GET /v1/models/:version/state', 'POST /v1/models', 'PATCH /v1/models/learning'),
  ...rules('operate', 'POST /v1/models/:version/rollback', 'POST /v1/models/:version/promote'),
  ...rules('operate', 'POST /v1/labels', 'DELETE /v1/labels/:id', 'DELETE /v1/users/:user'),
  ...rules('operate', 'GET /v1/erasures/:id'),
  // Reports count all users together: they are there for tokens of all users alone.
  ...rules('subscribe', 'GET /v1/reports', 'GET /v1/reports/:name'),
  ...rules('subscribe', 'GET /v1/reports/:name/progress', 'GET /v1/reports/:name/status'),
  ...rules('operate', 'POST /v1/reports', 'DELETE /v1/reports/:name'),
  ...rules('operate', 'POST /v1/reports/:name/stop', 'POST /v1/reports/:name/restart'),
];

interface CompiledRule {
  readonly method: string;
  readonly pattern: RegExp;
  readonly needs: Need;
}

const COMPILED: readonly CompiledRule[] = ROUTES.map(({ method, path, needs }) => {
  const source = path
    .replaceAll(/[.]/g, '\\.')
    .replaceAll(/:[a-z]+/g, '[^/]+')
    .replace('*', '.+');
  // As Express matches: without regard to case and to a slash at the end.
  return { method, pattern: new RegExp(`^${source === '/' ? '' : source}/?$`, 'i'), needs };
});

/** Characters of a path that Express and a regular expression read alike. */
const PLAIN_PATH = /^\/[\w\-.~!$&'()*+,;=:@%/]*$/;

/**
 * What a request needs.
 *
 * @param method of HTTP, or `UPGRADE`. @param url as in the request line.
 */
export function needOf(method: string, url: string): Need {
  const [path] = url.split('?', 1);
  if (!PLAIN_PATH.test(path)) return UNLISTED;
  // HEAD is a GET of which the body is not sent.
  const asked = method === 'HEAD' ? 'GET' : method;
  const rule = COMPILED.find((each) => each.method === asked && each.pattern.test(path));
  return rule?.needs ?? UNLISTED;
}
