/** Levels of a text from outside; what is asked for here has five. */
const MAX_DEPTH = 64;
/** In JSON: a text, or a character of its structure. A text that never ends is one too, or each `"` in it would be tried. */
const TOKEN = /"(?:[^"\\]|\\[^])*"?|[{}[\],]/g;

/** Two readers may take a JSON text for different things, or it is nested beyond all use. */
export class AmbiguousJsonError extends Error {
  readonly code = 'ambiguous_json';
}

/**
 * A JSON text from outside. Beside what is no JSON, it refuses what JSON allows and readers take differently (RFC 8259
 * section 4 and 8.2, RFC 7493): a name twice in one object, half of a character, `__proto__`; and deep nesting.
 *
 * @throws SyntaxError when it is no JSON. @throws AmbiguousJsonError
 */
export function parsePlainJson(text: string): unknown {
  // Before the parser, which would go down all the levels.
  requireShallow(text);
  const value = JSON.parse(text) as unknown;
  requirePlain(text);
  return value;
}

function requireShallow(text: string): void {
  let depth = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    if (depth > MAX_DEPTH) throw new AmbiguousJsonError(`it is nested more than ${MAX_DEPTH} levels deep`);
  }
}

/** @param text that is JSON: behind `{`, and within an object behind a comma, stands a name. */
function requirePlain(text: string): void {
  /** The names of each object that is open; null for an array. */
  const open: (Set<string> | null)[] = [];
  let before = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token !== ',') {
      const string = JSON.parse(token) as string;
      if (/\p{Cs}/u.test(string))
        throw new AmbiguousJsonError('it holds half of a character (a lone surrogate)');
      const names = open.at(-1) ?? null;
      if (names !== null && (before === '{' || before === ',')) take(string, names);
    }
    before = token;
  }
}

function take(name: string, names: Set<string>): void {
  if (name === '__proto__') throw new AmbiguousJsonError('the name "__proto__" is not allowed');
  if (names.has(name))
    throw new AmbiguousJsonError(`the name ${JSON.stringify(name.slice(0, 64))} is there twice`);
  names.add(name);
}
