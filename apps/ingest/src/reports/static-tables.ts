import type { ReportCreated, ReportSpec } from '@hark/contracts';
import type { ArtifactStore } from '@hark/streaming';
import { TABLE_FORMATS, readTable, type TableFormat } from '@hark/streaming/files';
import type { StaticTable } from '@hark/streaming/queries';
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { HISTORICAL } from './built-in-reports.js';

/** A table under the name of the artifact that keeps it; null = it is not there. */
type Statics = ReportCreated['statics'];

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** What is looked up as long as nobody has made the table: it has these columns, and no rows. */
const ABSENT: Readonly<Record<string, StaticTable>> = {
  [HISTORICAL]: {
    name: HISTORICAL,
    schema: [
      { name: 'gt', type: 'string' },
      { name: 'Model', type: 'string' },
      ...['count', 'x', 'y', 'z'].map((name) => ({ name: `historical_${name}`, type: 'double' as const })),
    ],
    rows: [],
  },
};

/**
 * Tables that stand still, files of a folder: `NAME.csv`, `NAME.json` or `NAME.parquet`. What a report was begun with
 * is kept as an artifact under its digest, so that its steps are executed again with the same table.
 */
export class StaticTables {
  private readonly known = new Map<string, Promise<StaticTable>>();
  private readonly seen = new Map<string, { readonly version: string; readonly artifact: string }>();

  constructor(
    private readonly folder: string,
    private readonly artifacts: ArtifactStore,
  ) {}

  /** The tables that a spec names, as they stand in the folder now; without those that nobody knows. */
  async current({ join: joined }: ReportSpec): Promise<Statics> {
    if (joined === undefined || !('static' in joined)) return {};
    const { static: name } = joined;
    const artifact = NAME.test(name) ? await this.keep(name) : null;
    return artifact === null && !(name in ABSENT) ? {} : { [name]: artifact };
  }

  /** @throws TableFileError */
  async tables(statics: Statics): Promise<Record<string, StaticTable>> {
    const tables: Record<string, StaticTable> = {};
    for (const [name, artifact] of Object.entries(statics))
      tables[name] = artifact === null ? ABSENT[name] : await this.table(name, artifact);
    return tables;
  }

  private table(name: string, artifact: string): Promise<StaticTable> {
    let table = this.known.get(artifact);
    if (table === undefined) {
      const bytes = this.artifacts.read(artifact) ?? new Uint8Array(0);
      table = readTable(bytes, extname(artifact).slice(1) as TableFormat).then(({ columns, rows }) => ({
        ...{ name, schema: columns, rows },
      }));
      this.known.set(artifact, table);
    }
    return table;
  }

  /** Keeps the table's file as an artifact. @returns its name, or null where there is no such file. */
  private async keep(name: string): Promise<string | null> {
    for (const format of TABLE_FORMATS) {
      const path = join(this.folder, `${name}.${format}`);
      const found = await stat(path).catch(() => null);
      if (found === null) continue;
      const version = `${path} ${found.mtimeMs} ${found.size}`;
      const seen = this.seen.get(name);
      if (seen?.version === version) return seen.artifact;
      const bytes = await readFile(path);
      const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
      const artifact = `static/${name}-${digest}.${format}`;
      await this.artifacts.write(artifact, bytes);
      this.seen.set(name, { version, artifact });
      return artifact;
    }
    return null;
  }
}
