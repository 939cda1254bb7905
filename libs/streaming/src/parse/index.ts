export { CollectingSink, type RejectedRow } from './collecting-sink.js';
export {
  ColumnarRows,
  ColumnLengthError,
  MalformedColumnsError,
  type ColumnarRowsOptions,
} from './columnar-rows.js';
export { HeaderColumnsError, HHAR_COLUMNS, MissingHeaderError } from './csv-header.js';
export { CsvRows, type CsvRowsOptions } from './csv-rows.js';
export { jsonBodyKind } from './json-body.js';
export { JsonCursor } from './json-cursor.js';
export { JsonRows, type JsonRowsOptions } from './json-rows.js';
export { TooManyStreamsError, type RowSink } from './row-sink.js';
