import { QuerySpecError } from '../query-spec-error.js';

export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'text'; readonly value: string; readonly at: number }
  | { readonly kind: 'name'; readonly value: string; readonly quoted: boolean; readonly at: number }
  | { readonly kind: 'symbol'; readonly value: string; readonly at: number }
  | { readonly kind: 'end'; readonly value: ''; readonly at: number };

/** Blanks, then one of: number, 'text', "name" or `name`, name, symbol. */
const TOKEN =
  /\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|'((?:[^']|'')*)'|["`]([^"`]+)["`]|([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(<=|>=|!=|<>|==|[-+*/%(),<>=]))/y;

/** @throws QuerySpecError at the first character that begins nothing. */
export function tokensOf(text: string, field: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) {
      const place = at + (/\S/.exec(text.slice(at))?.index ?? 0);
      throw new QuerySpecError(
        field,
        'expression_syntax',
        `${JSON.stringify(text[place])} at character ${place + 1} begins nothing that an expression may hold`,
      );
    }
    const [whole, number, quotedText, quotedName, name, symbol] = match;
    if (number !== undefined) tokens.push({ kind: 'number', value: Number(number), at });
    else if (quotedText !== undefined)
      tokens.push({ kind: 'text', value: quotedText.replaceAll("''", "'"), at });
    else if (quotedName !== undefined) tokens.push({ kind: 'name', value: quotedName, quoted: true, at });
    else if (name !== undefined) tokens.push({ kind: 'name', value: name, quoted: false, at });
    else tokens.push({ kind: 'symbol', value: symbol, at });
    at += whole.length;
  }
  tokens.push({ kind: 'end', value: '', at });
  return tokens;
}
