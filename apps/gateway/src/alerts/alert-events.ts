import {
  toIsoTime,
  type ActivityData,
  type Alert,
  type DeviceData,
  type ReportData,
  type ServiceData,
} from '@hark/contracts';
import type { RuleStage } from './standing-rule.js';
import type { WorldStage } from './watched-world.js';

/** The alert of a rule's stage. */
export function activityAlert({ number, rule, device, ...at }: RuleStage): Alert<ActivityData> {
  return alert('hark.activity', `${device.user}/${device.device}`, toIsoTime(at.atMs), {
    episode: `activity-${number}-${at.episode}`,
    stage: at.stage,
    rule: String(number),
    name: rule.name,
    activity: rule.activity,
    forSeconds: rule.forSeconds,
    user: device.user,
    device: device.device,
    since: toIsoTime(at.sinceMs),
    until: toIsoTime(at.untilMs),
    lastedSeconds: (at.untilMs - at.sinceMs) / 1000,
    reason: at.reason,
  });
}

/** The alert of what was observed; its time is the wall clock. */
export function observedAlert(stage: WorldStage): Alert<DeviceData> | Alert<ServiceData> | Alert<ReportData> {
  const { observation, episode, lastHeardAt = null } = stage;
  if (observation.kind === 'silent' || observation.kind === 'heard') {
    const { kind, user, device, at } = observation;
    return alert('hark.device', `${user}/${device}`, at, {
      episode: `device-${episode}`,
      stage: kind,
      user,
      device,
      lastHeardAt,
    });
  }
  if ('report' in observation) {
    const { kind, report, at } = observation;
    return alert('hark.report', report, at, {
      episode: `report-${episode}`,
      stage: REPORT_STAGES[kind],
      report,
      message: 'message' in observation ? observation.message : null,
    });
  }
  const { kind, app, at, waitingRecords, waitedSeconds } = observation;
  return alert('hark.service', app, at, {
    episode: `service-${episode}`,
    stage: kind,
    app,
    waitingRecords,
    waitedSeconds,
  });
}

const REPORT_STAGES = { report_failed: 'failed', report_slow: 'slow', report_well: 'recovered' } as const;

/** An episode has each stage once, so the two make an id that is never given twice. */
function alert<Data extends { readonly episode: string; readonly stage: string }>(
  type: string,
  subject: string,
  time: string,
  data: Data,
): Alert<Data> {
  return {
    specversion: '1.0',
    id: `${data.episode}/${data.stage}`,
    source: '/gateway',
    type,
    subject,
    time,
    datacontenttype: 'application/json',
    data,
  };
}
