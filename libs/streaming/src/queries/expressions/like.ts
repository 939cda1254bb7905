const ANY_TEXT = Symbol('%');
const ANY_CHARACTER = Symbol('_');

/**
 * The test that `like` makes: `%` is any text, `_` any one character, `\` takes the next character as it is. Where a
 * later part does not fit, the last `%` alone is tried further on, so the time is at most pattern times text.
 */
export function likeTest(pattern: string): (text: string) => boolean {
  const parts = partsOf(pattern);
  return (text) => {
    const characters = [...text];
    let part = 0;
    let at = 0;
    let lastAny = -1;
    let taken = 0;
    while (at < characters.length) {
      if (part < parts.length && parts[part] === ANY_TEXT) {
        lastAny = part++;
        taken = at;
      } else if (part < parts.length && (parts[part] === ANY_CHARACTER || parts[part] === characters[at])) {
        part++;
        at++;
      } else if (lastAny >= 0) {
        part = lastAny + 1;
        at = ++taken;
      } else return false;
    }
    while (parts[part] === ANY_TEXT) part++;
    return part === parts.length;
  };
}

function partsOf(pattern: string): (string | symbol)[] {
  const parts: (string | symbol)[] = [];
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    if (characters[i] === '%') parts.push(ANY_TEXT);
    else if (characters[i] === '_') parts.push(ANY_CHARACTER);
    else parts.push(characters[i] === '\\' && i + 1 < characters.length ? characters[++i] : characters[i]);
  }
  return parts;
}
