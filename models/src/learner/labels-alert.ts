import { deviceKey, type Alert, type DeviceId, type LabelsDisagreeData } from '@hark/contracts';
import type { Disagreement } from '../labels/label-disagreement.js';

const ADVICE =
  'Look at who labels this device, and how. Wrong labels can be taken back with DELETE /v1/labels; a model from before them is one rollback away.';

/**
 * The CloudEvents alert of a device whose labels disagree with everybody's.
 * @param episodes stands before their numbers, where several learners count them. @param time event time, ISO 8601.
 */
export function labelsAlert(
  { user, device }: DeviceId,
  { episode, windows, contradicted, usual }: Disagreement,
  episodes: string,
  time: string,
): Alert<LabelsDisagreeData> {
  const id = `labels-${episodes}${episode}`;
  return {
    specversion: '1.0',
    id: `${id}/raised`,
    source: '/learner',
    type: 'hark.labels_disagree',
    subject: deviceKey({ user, device }).replace('\u0000', '/'),
    time,
    datacontenttype: 'application/json',
    data: { episode: id, stage: 'raised', user, device, windows, contradicted, usual, advice: ADVICE },
  };
}
