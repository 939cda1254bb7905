import type { ReportProgress, ReportRows, ReportSpec, ReportStatus, ReportView } from '@hark/contracts';
import { path, type CallOptions, type ChangeOptions, type RestApi } from './rest-api.js';

export interface ReportRowsQuery extends CallOptions {
  /** 1 to 10,000; 1000 unless told. */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly cursor?: number | string;
}

/** A spec; what it leaves out has the service's defaults. */
export type NewReport = Partial<ReportSpec> &
  Pick<ReportSpec, 'name' | 'from'> & {
    /** A report of this name gives way to this one, which goes on from its state. */
    readonly replace?: boolean;
    /** Where to begin; `earliest` unless told. */
    readonly startingOffsets?: 'earliest' | 'latest';
  };

/** Continuous queries: what they have found, and how they run. What a report finds as it goes is `report:<name>`. */
export class ReportsApi {
  constructor(private readonly api: RestApi) {}

  async list(options?: CallOptions): Promise<readonly ReportView[]> {
    const { reports } = await this.api.json<{ reports: ReportView[] }>('/v1/reports', options);
    return reports;
  }

  /** A page of its table. @throws HarkProblemError 404 `unknown_report` */
  rows(name: string, { signal, ...query }: ReportRowsQuery = {}): Promise<ReportRows> {
    return this.api.json(path`/v1/reports/${name}`, { signal, query });
  }

  /** Its last 100 micro-batches, the newest last. @throws HarkProblemError 404 `unknown_report` */
  async progress(name: string, options?: CallOptions): Promise<readonly ReportProgress[]> {
    const call = path`/v1/reports/${name}/progress`;
    const { progress } = await this.api.json<{ progress: ReportProgress[] }>(call, options);
    return progress;
  }

  /** @throws HarkProblemError 404 `unknown_report` */
  status(name: string, options?: CallOptions): Promise<ReportStatus> {
    return this.api.json(path`/v1/reports/${name}/status`, options);
  }

  /** @throws HarkProblemError 400 that names the field and the rule, 409 `report_exists`, `incompatible_change` */
  create(report: NewReport, options?: ChangeOptions): Promise<ReportView> {
    return this.api.json('/v1/reports', { ...options, method: 'POST', body: report });
  }

  /** Its state stays, for {@link restart}. @throws HarkProblemError 404 `unknown_report` */
  stop(name: string, options?: ChangeOptions): Promise<ReportView> {
    return this.api.json(path`/v1/reports/${name}/stop`, { ...options, method: 'POST' });
  }

  /** Goes on where it stood. @throws HarkProblemError 404 `unknown_report` */
  restart(name: string, options?: ChangeOptions): Promise<ReportView> {
    return this.api.json(path`/v1/reports/${name}/restart`, { ...options, method: 'POST' });
  }

  /** Stops it and forgets its state. @throws HarkProblemError 404 `unknown_report` */
  drop(name: string, options?: ChangeOptions): Promise<{ readonly name: string }> {
    return this.api.json(path`/v1/reports/${name}`, { ...options, method: 'DELETE' });
  }
}
