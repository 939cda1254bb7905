import { useEffect } from 'preact/hooks';
import type { ReportRows } from '@hark/contracts';
import { useDashboard } from '../app/dashboard-context.js';
import { short, whole } from '../format/numbers.js';
import { Empty } from '../panel/empty.js';
import { cellText } from './cell-text.js';
import { reportShape } from './report-shape.js';

/** Continuous queries: which there are, what the chosen one has found, as bars and as a table. */
export function ReportsView() {
  const { reports, origin } = useDashboard();
  useEffect(() => reports.watch(), [reports]);
  const list = reports.list.value;
  if (list === null) return <Empty>Asking for the reports…</Empty>;
  if (list === 'absent' || list.length === 0) {
    return (
      <Empty command={`curl ${origin}/v1/reports`}>
        No continuous query runs here. To see what there is:
      </Empty>
    );
  }
  const table = reports.table.value;
  return (
    <div class="reports-view">
      <ul class="report-list scroll" aria-label="Reports">
        {list.map(({ name, state, rows }) => (
          <li key={name}>
            <button aria-pressed={reports.chosen.value === name} onClick={() => reports.choose(name)}>
              <span>{name.replaceAll('_', ' ')}</span>
              <small>{state === 'running' ? `${whole(rows)} rows` : state}</small>
            </button>
          </li>
        ))}
      </ul>
      {table === null ? (
        <Empty>Asking for its rows…</Empty>
      ) : table.rows.length === 0 ? (
        <Empty>
          It has found nothing yet. A report in append mode says a window once its watermark has passed.
        </Empty>
      ) : (
        <>
          <Bars table={table} />
          <Table table={table} />
        </>
      )}
    </div>
  );
}

function Bars({ table }: { readonly table: ReportRows }) {
  const { measure, bars, more } = reportShape(table);
  if (measure === null || bars.length === 0) return null;
  const most = Math.max(...bars.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
  return (
    <figure class="bars">
      <figcaption>
        {measure}
        {more === 0 ? '' : `, the largest ${bars.length} of ${bars.length + more}`}
      </figcaption>
      {bars.map(({ name, value }) => (
        <div key={name} class="bar-row">
          <span class="bar-name" title={name}>
            {name}
          </span>
          <span class="bar-line" style={{ width: `${(100 * Math.abs(value)) / most}%` }} aria-hidden="true" />
          <span class="number">{short(value)}</span>
        </div>
      ))}
    </figure>
  );
}

function Table({ table }: { readonly table: ReportRows }) {
  const { schema, rows, omitted, next } = table;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`Rows of ${table.name}`}>
      <table class="data">
        <thead>
          <tr>
            {schema.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {schema.map(({ name, type }) => (
                <td key={name} class={type === 'string' ? '' : 'number'}>
                  {cellText(row[name], type)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {omitted > 0 || next !== undefined ? <p class="dim">Only the first rows are shown.</p> : null}
    </div>
  );
}
