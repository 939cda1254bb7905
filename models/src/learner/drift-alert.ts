import type { Alert } from '@hark/contracts';
import type { DriftReport } from '../drift/episode.js';

/**
 * The CloudEvents alert of a drift episode's stage.
 * @param episodes stands before their numbers, where several learners count them. @param at `time`: event time, ISO 8601.
 */
export function driftAlert(
  report: DriftReport,
  episodes: string,
  at: { readonly time: string; readonly modelVersion: number; readonly lastGoodVersion: number | null },
): Alert {
  const { stage, signal, detector, statistic, threshold, before, after, scope } = report;
  const episode = `drift-${episodes}${report.episode}`;
  const { modelVersion, lastGoodVersion } = at;
  return {
    specversion: '1.0',
    id: `${episode}/${stage}`,
    source: '/learner',
    type: 'hark.drift',
    subject: signal,
    time: at.time,
    datacontenttype: 'application/json',
    data: {
      episode,
      stage,
      detector,
      signal,
      statistic,
      threshold,
      before,
      after,
      scope,
      modelVersion,
      lastGoodVersion,
      rollback:
        lastGoodVersion === null ? null : { method: 'POST', path: `/v1/models/${lastGoodVersion}/rollback` },
    },
  };
}
