import type { OpenApiOperation, Parameter } from './openapi.js';

/** The example of an operation as a command for a shell; null where it has none. */
export function curlOf(method: string, path: string, operation: OpenApiOperation): string | null {
  const { parameters = [], requestBody } = operation;
  const missing = parameters.some(({ required, example }) => required && example === undefined);
  const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  if (missing || (requestBody?.required === true && media?.example === undefined)) return null;
  const given = (place: Parameter['in']): Parameter[] =>
    parameters.filter((each) => each.in === place && each.example !== undefined);

  let url = path;
  for (const { name, example } of given('path'))
    url = url.replace(`{${name}}`, encodeURIComponent(String(example)));
  const query = given('query').map(
    ({ name, example }) => `${name}=${encodeURIComponent(String(example)).replaceAll('%3A', ':')}`,
  );
  if (query.length > 0) url += `?${query.join('&')}`;

  const words = ['curl'];
  if (method !== 'GET' && !(method === 'POST' && media?.example !== undefined)) words.push('-X', method);
  for (const { name, example } of given('header')) words.push('-H', quoted(`${name}: ${String(example)}`));
  if (media?.example !== undefined && type !== undefined) {
    const { example } = media;
    words.push('-H', quoted(`content-type: ${type}`));
    words.push('--data-binary', quoted(typeof example === 'string' ? example : JSON.stringify(example)));
  }
  words.push(quoted(`$HARK${url}`, '"'));
  return words.join(' ');
}

function quoted(text: string, quote = "'"): string {
  return quote === "'" ? `'${text.replaceAll("'", `'\\''`)}'` : `"${text}"`;
}
