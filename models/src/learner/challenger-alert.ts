import type { Alert, ChallengerData, ChallengerScore } from '@hark/contracts';

/** The CloudEvents alert of a challenger that has won a comparison. `time`: event time, ISO 8601. */
export function challengerAlert(
  score: ChallengerScore,
  at: {
    readonly time: string;
    readonly version: number;
    readonly currentVersion: number;
    readonly promoted: boolean;
  },
): Alert<ChallengerData> {
  const { time, version, currentVersion, promoted } = at;
  return {
    specversion: '1.0',
    id: `challenger-${version}`,
    source: '/learner',
    type: 'hark.challenger',
    subject: score.challenger,
    time,
    datacontenttype: 'application/json',
    data: {
      ...score,
      version,
      currentVersion,
      promoted,
      promote: { method: 'POST', path: `/v1/models/${version}/promote` },
    },
  };
}
