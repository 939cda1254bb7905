import { describe, expect, it } from 'vitest';
import { parquetBytes } from './parquet-bytes.js';
import { TableFileError } from './table.js';
import { readTable, type TableFormat } from './table-file.js';

const read = (text: string, format: TableFormat) => readTable(new TextEncoder().encode(text), format);

const EXPECTED = {
  columns: [
    { name: 'gt', type: 'string' },
    { name: 'n', type: 'double' },
  ],
  rows: [
    ['walk, "fast"', 1.5],
    [null, -2],
    ['7', null],
  ],
};

describe('a table file', () => {
  it('is read from CSV: quotes, nulls, and numbers where a whole column is of them', async () => {
    expect(await read('gt,n\r\n"walk, ""fast""",1.5\r\nnull,-2\r\n7,\r\n', 'csv')).toEqual(EXPECTED);
    expect(await read('gt,n\n"walk, ""fast""",1.5\nnull,-2\n7,', 'csv')).toEqual(EXPECTED);
  });

  it('is read from a list of JSON objects, and from an object on each line', async () => {
    const objects = [{ gt: 'walk, "fast"', n: 1.5 }, { n: -2 }, { gt: '7', n: null }];
    expect(await read(JSON.stringify(objects), 'json')).toEqual(EXPECTED);
    expect(await read(objects.map((each) => `${JSON.stringify(each)}\n`).join(''), 'json')).toEqual(EXPECTED);
  });

  it('is read from Parquet', async () => {
    const columns = EXPECTED.columns.map(({ name, type }) => ({ name, type: type as 'string', key: false }));
    expect(await readTable(parquetBytes(columns, EXPECTED.rows), 'parquet')).toEqual(EXPECTED);
  });

  it.each([
    ['csv', '', 'the file is empty'],
    ['csv', 'a,b\n1\n', 'row 1 has 1 cells, the header 2'],
    ['json', '{"a":1}\nno', 'not JSON'],
    ['json', '[1]', 'expected a list of JSON objects'],
    ['parquet', 'PAR1', 'not Parquet'],
  ] as const)('is refused where it is none: %s %j', async (format, text, message) => {
    const failure = await read(text, format).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TableFileError);
    expect((failure as Error).message).toContain(message);
  });
});
