import type { EvaluationReport } from '@hark/models';
import { grouped, percent } from '../../terminal/table.js';
import { markup, type Markup } from './markup.js';

/** The confusion matrix as a heat table: shaded by the share of the row. */
export function confusionTable({
  confusion: { classes, counts },
}: Pick<EvaluationReport, 'confusion'>): Markup {
  const rows = classes.map((name, truth) => {
    const total = counts[truth].reduce((sum, count) => sum + count, 0);
    const cells = counts[truth].map((count, predicted) => {
      const share = total === 0 ? 0 : count / total;
      // Errors are shaded by the cube root of their share: the few are what is looked for.
      const shade = truth === predicted ? share : Math.cbrt(share);
      const shareText = count === 0 ? null : markup`<small>${percent(share)}</small>`;
      return markup`<td class="${count === 0 ? 'none' : truth === predicted ? 'right' : 'wrong'}" style="--shade:${shade.toFixed(3)}">${grouped(count)}${shareText}</td>`;
    });
    return markup`<tr><th scope="row">${name}</th>${cells}</tr>
`;
  });
  return markup`<div class="wide"><table class="heat">
<caption>Confusion matrix: windows by their true activity (rows) and the most probable one (columns), with the share of the row.</caption>
<thead><tr><th scope="col">true \\ predicted</th>${classes.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table></div>`;
}
