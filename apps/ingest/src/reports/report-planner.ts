import type { ReportCreated, ReportRefusal, ReportSpec } from '@hark/contracts';
import { QuerySpecError } from '@hark/streaming/queries';
import type { ReportKafka } from './kafka/report-kafka.js';
import { planReport, type ReportPlan } from './report-plans.js';
import type { StaticTables } from './static-tables.js';

type Statics = ReportCreated['statics'];

/** Plans reports, with the static tables that they look up. */
export class ReportPlanner {
  /** @param kafka the cluster that reports may use; null = none. */
  constructor(
    private readonly statics: StaticTables,
    private readonly kafka: ReportKafka | null,
  ) {}

  /** The tables that a spec names, as they stand now. */
  current(spec: ReportSpec): Promise<Statics> {
    return this.statics.current(spec);
  }

  /** The plan with these tables, or why there can be none. @throws TableFileError */
  async plan(spec: ReportSpec, statics: Statics): Promise<ReportPlan | ReportRefusal> {
    try {
      return planReport(spec, await this.statics.tables(statics), this.kafka);
    } catch (error) {
      if (!(error instanceof QuerySpecError)) throw error;
      const { field, rule, code, message } = error;
      return { status: 400, code, message: `${field}: ${message}`, field, rule };
    }
  }
}
