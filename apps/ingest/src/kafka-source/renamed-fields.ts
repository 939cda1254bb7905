/**
 * The text of a flat JSON object with some of its fields renamed. Only names change: numbers stay as they were
 * written, with more digits than a parsed one would keep. What is no object is given back as it is.
 *
 * @param names the new name, by the old one.
 */
export function renamedFields(text: string, names: ReadonlyMap<string, string>): string {
  let result = '';
  let depth = 0;
  let kept = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    else if (character === '"') {
      const end = endOfString(text, at);
      if (depth === 1 && isFollowedByColon(text, end)) {
        const name = names.get(text.slice(at + 1, end));
        if (name !== undefined) {
          result += text.slice(kept, at + 1) + name;
          kept = end;
        }
      }
      at = end;
    }
  }
  return result + text.slice(kept);
}

/** Where the quote stands that ends the string beginning here. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function isFollowedByColon(text: string, end: number): boolean {
  for (let at = end + 1; at < text.length; at++) {
    if (text[at] === ':') return true;
    if (!/\s/.test(text[at])) return false;
  }
  return false;
}
