import { markup, type Markup } from './markup.js';

/** A table whose first column names its rows; all others are figures. Nothing where it has no rows. */
export function dataTable(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Markup | null {
  if (rows.length === 0) return null;
  const [first, ...others] = head;
  return markup`<div class="wide"><table>
<caption>${caption}</caption>
<thead><tr><th scope="col">${first}</th>${others.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ([
    name,
    ...cells
  ]) => markup`<tr><th scope="row">${name}</th>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>
`,
)}</tbody></table></div>`;
}
