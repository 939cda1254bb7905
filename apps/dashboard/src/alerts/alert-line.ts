import type { HarkAlert } from '@hark/client/browser';
import { percent, whole } from '../format/numbers.js';

/** How an alert is shown. */
export interface AlertLine {
  /** `drift` breaks the peace; `notice` informs; `good` says that something is over. */
  readonly weight: 'drift' | 'notice' | 'good';
  readonly title: string;
  readonly detail: string;
  /** Version that it proposes to go back to, or null. */
  readonly rollBackTo: number | null;
  readonly promote: number | null;
}

const PLAIN = { rollBackTo: null, promote: null };

export function alertLine(alert: HarkAlert): AlertLine {
  switch (alert.type) {
    case 'hark.drift': {
      const { stage, before, after, scope, lastGoodVersion, detector, signal } = alert.data;
      const where = some([...scope.devices, ...scope.classes]);
      const errors = `${percent(before)} → ${percent(after)} wrong`;
      const change =
        { error: errors, orientation: `worn another way, ${errors}` }[signal] ?? `${signal} changed`;
      return {
        weight: stage === 'drift' ? 'drift' : stage === 'recovered' ? 'good' : 'notice',
        title: { warning: 'Drift warning', drift: 'Drift', recovered: 'Recovered' }[stage],
        detail: `${change}${where === '' ? '' : ` · ${where}`} · ${detector}`,
        rollBackTo: stage === 'recovered' ? null : lastGoodVersion,
        promote: null,
      };
    }
    case 'hark.challenger': {
      const { challenger, currentAccuracy, challengerAccuracy, windows, version, promoted } = alert.data;
      const scores = `${percent(challengerAccuracy, 1)} against ${percent(currentAccuracy, 1)}`;
      const detail = `${challenger}: ${scores} on ${whole(windows)} windows`;
      return {
        ...PLAIN,
        weight: 'notice',
        title: 'A better model',
        detail,
        promote: promoted ? null : version,
      };
    }
    case 'hark.labels_disagree': {
      const { user, device, windows, contradicted, advice } = alert.data;
      const detail = `${user} · ${device} · ${whole(contradicted)} of ${whole(windows)} contradicted. ${advice}`;
      return { ...PLAIN, weight: 'notice', title: 'Labels disagree', detail };
    }
    case 'hark.activity': {
      const { stage, name, activity, user, device, lastedSeconds } = alert.data;
      const title = name ?? `${activity} for long`;
      const detail = `${user} · ${device} · ${stage === 'ended' ? 'ended after' : 'lasts'} ${whole(lastedSeconds)} s`;
      return { ...PLAIN, weight: stage === 'ended' ? 'good' : 'notice', title, detail };
    }
    case 'hark.device': {
      const { stage, user, device } = alert.data;
      const isBack = stage === 'heard';
      const title = isBack ? 'A device is back' : 'A device is silent';
      return { ...PLAIN, weight: isBack ? 'good' : 'notice', title, detail: `${user} · ${device}` };
    }
    case 'hark.report': {
      const { stage, report, message } = alert.data;
      const isOver = stage === 'recovered';
      const title = isOver
        ? 'A report does well again'
        : `A report ${stage === 'failed' ? 'has failed' : 'is slow'}`;
      const detail = message === null ? report : `${report}: ${message}`;
      return { ...PLAIN, weight: isOver ? 'good' : 'notice', title, detail };
    }
    case 'hark.service': {
      const { stage, app, waitingRecords } = alert.data;
      const isOver = stage === 'caught_up';
      const title = isOver ? `${app} has caught up` : `${app} is behind`;
      return {
        ...PLAIN,
        weight: isOver ? 'good' : 'notice',
        title,
        detail: `${whole(waitingRecords)} records wait`,
      };
    }
  }
}

/** The first three of some names, and how many more. */
function some(names: readonly string[]): string {
  const first = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${first} and ${names.length - 3} more` : first;
}
