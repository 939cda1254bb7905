export { FileSink, batchFolder, filesOf, type FileSinkSpec } from './file-sink.js';
export { FolderStore } from './folder-store.js';
export { jsonLines } from './json-lines.js';
export { packFolder, unpackFolder, type PackedFile } from './packed-folder.js';
export { parquetBytes } from './parquet-bytes.js';
export { PartitionColumnError, partitioned, type Partition } from './partitions.js';
export { isoNanoseconds, reportColumns, reportRows } from './report-rows.js';
export { TableFileError, type Table } from './table.js';
export { TABLE_FORMATS, readTable, type TableFormat } from './table-file.js';
