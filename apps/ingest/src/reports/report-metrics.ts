import { Counter, Gauge, type Registry } from 'prom-client';
import type { ReportHost } from './report-host.js';

/** Adds the reports' metrics to those of the process; they are read when they are asked for. */
export function registerReportMetrics(
  metrics: Registry,
  host: Pick<ReportHost, 'reports' | 'running' | 'progress' | 'onProgress'>,
): void {
  const registers = [metrics];
  const labelNames = ['report'];
  new Gauge({
    name: 'hark_report_running',
    help: '1 while a report runs, 0 while it stands still',
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { created, standstill } of host.reports)
        this.set({ report: created.report }, standstill === null ? 1 : 0);
    },
  });
  new Gauge({
    name: 'hark_report_failed',
    help: '1 where a report has failed',
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { created, standstill } of host.reports)
        this.set({ report: created.report }, standstill === 'failed' ? 1 : 0);
    },
  });
  new Gauge({
    name: 'hark_report_lag_records',
    help: 'Records of its inputs that a report has not taken',
    labelNames,
    registers,
    async collect() {
      this.reset();
      for (const run of host.running) this.set({ report: run.name }, await run.lag());
    },
  });
  const state = (name: string, help: string, of: 'numRowsTotal' | 'memoryUsedBytes') =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const run of host.running)
          this.set(
            { report: run.name },
            run.stateOperators.reduce((sum, each) => sum + each[of], 0),
          );
      },
    });
  state('hark_report_state_rows', 'Keys that a report holds', 'numRowsTotal');
  state('hark_report_state_bytes', 'Memory of the state of a report', 'memoryUsedBytes');
  const rate = (name: string, help: string, of: 'inputRowsPerSecond' | 'processedRowsPerSecond') =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const [report, progress] of host.progress) this.set({ report }, progress[of]);
      },
    });
  rate('hark_report_input_rows_per_second', 'Rows by the time between micro-batches', 'inputRowsPerSecond');
  rate(
    'hark_report_processed_rows_per_second',
    'Rows by the time that a micro-batch took',
    'processedRowsPerSecond',
  );
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames, registers });
  const counters = {
    batches: counter('hark_report_batches_total', 'Micro-batches since the start of the process'),
    inputRows: counter('hark_report_input_rows_total', 'Rows taken since the start of the process'),
    outputRows: counter('hark_report_output_rows_total', 'Rows put out since the start of the process'),
    late: counter('hark_report_late_rows_total', 'Rows behind the watermark since the start of the process'),
  };
  host.onProgress(({ name: report, numInputRows, sink, stateOperators }) => {
    counters.batches.inc({ report });
    counters.inputRows.inc({ report }, numInputRows);
    counters.outputRows.inc({ report }, sink.numOutputRows);
    const late = stateOperators.reduce((sum, each) => sum + each.numRowsDroppedByWatermark, 0);
    counters.late.inc({ report }, late);
  });
}
