/**
 * Cuts a line of CSV into its fields (RFC 4180 without line breaks inside quotes): a field that starts with a quote
 * ends at the next single one, and `""` inside it is a quote.
 *
 * @returns `null` when a quoted field does not end, or goes on behind its closing quote.
 */
export function splitCsvLine(line: string, delimiter: string): string[] | null {
  if (!line.includes('"')) return line.split(delimiter);
  const fields: string[] = [];
  let p = 0;
  for (;;) {
    if (line[p] === '"') {
      let field = '';
      for (;;) {
        const quote = line.indexOf('"', p + 1);
        if (quote < 0) return null;
        field += line.slice(p + 1, quote);
        p = quote + 1;
        if (line[p] !== '"') break;
        field += '"';
      }
      if (p < line.length && line[p] !== delimiter) return null;
      fields.push(field);
    } else {
      const end = line.indexOf(delimiter, p);
      fields.push(line.slice(p, end < 0 ? line.length : end));
      p = end < 0 ? line.length : end;
    }
    if (p >= line.length) return fields;
    p++;
  }
}
