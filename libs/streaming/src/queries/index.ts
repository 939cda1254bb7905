/**
 * Continuous queries. A spec is compiled to a plan (`plan/`), which a `StreamingQuery` runs: rows pass its operators
 * (`operators/`), which keep their state (`state/`) and their aggregates (`aggregates/`); expressions over columns are
 * in `expressions/`, the columns themselves in `rows/`, and the topics as columns in `sources/`.
 */
export type { StateOperatorProgress } from './operators/state-operator.js';
export { sourceKey, type Catalog } from './plan/catalog.js';
export { planCompatibility, type Compatibility } from './plan/compatibility.js';
export { compileQuery } from './plan/compile-query.js';
export { durationMs } from './plan/duration.js';
export type { PlanInput, QueryPlan } from './plan/query-plan.js';
export type { EventTimeProgress, QueryOutput } from './query-output.js';
export { QueryBuilder, query } from './query-builder.js';
export { QuerySpecError } from './query-spec-error.js';
export { cellOf, rowsOf } from './rows/cells.js';
export { RowBatchBuilder, batchOf } from './rows/row-batch-builder.js';
export type * from './rows/row-batch.js';
export type * from './rows/value.js';
export { predictionsRows } from './sources/predictions-rows.js';
export { rateRows, type RateStretch } from './sources/rate-rows.js';
export { encodeRecordedRows, recordedRows } from './sources/recorded-rows.js';
export { sampleRowsOf, samplesRows } from './sources/samples-rows.js';
export type { SourceRows } from './sources/source-rows.js';
export { csvCells, csvRow, jsonRow } from './sources/text-rows.js';
export { typedCell } from './sources/typed-cell.js';
export { windowsRows } from './sources/windows-rows.js';
export { StreamingQuery } from './streaming-query.js';
