import type { ActivityVocabulary } from '@hark/contracts';
import { SERVICE_OPERATIONS, bothProblems, type Operation } from '@hark/service/documents';
import { isAnsweredWhileErasing } from '../erasure/erasing.module.js';
import { isForWriter } from '../several/writing-requests.js';
import { alertOperations } from './alert-operations.js';
import { DEVICE_OPERATIONS } from './device-operations.js';
import { ERASURE_OPERATIONS } from './erasure-operations.js';
import { labelOperations } from './label-operations.js';
import { MODEL_OPERATIONS } from './model-operations.js';
import { PAGE_OPERATIONS } from './page-operations.js';
import { REPLAY_OPERATIONS } from './replay-operations.js';
import { REPORT_OPERATIONS } from './report-operations.js';
import { SESSION_OPERATIONS } from './session-operations.js';

/** Every route of the gateway but the live ones, which end when somebody wants them to: those are in AsyncAPI. */
export function gatewayOperations(activities: ActivityVocabulary): readonly Operation[] {
  return [
    ...MODEL_OPERATIONS,
    ...SESSION_OPERATIONS,
    ...REPLAY_OPERATIONS,
    ...labelOperations(activities),
    ...alertOperations(activities),
    ...REPORT_OPERATIONS,
    ...DEVICE_OPERATIONS,
    ...ERASURE_OPERATIONS,
    ...PAGE_OPERATIONS,
    ...SERVICE_OPERATIONS,
  ]
    .map(refusedWhileErasing)
    .map(refusedWhileNobodyWrites);
}

function refusedWhileErasing(operation: Operation): Operation {
  if (isAnsweredWhileErasing(operation.path)) return operation;
  return { ...operation, problems: bothProblems(operation.problems ?? {}, { 503: ['erasing'] }) };
}

/** Of several gateways one writes, and may be away. */
function refusedWhileNobodyWrites(operation: Operation): Operation {
  const { method, path, problems = {} } = operation;
  if (!isForWriter(method, path)) return operation;
  return { ...operation, problems: bothProblems(problems, { 503: ['writer_away', 'writer_cut_off'] }) };
}

export const GATEWAY_TAGS: Readonly<Record<string, string>> = {
  models: 'Versions of the model: which there are, which answers, and the way back.',
  sessions: 'What each device recorded.',
  replays: 'Sessions, played again beside live traffic on a copy of a version.',
  labels: 'Truth that comes after the samples.',
  alerts: 'What was announced, and the rules by which activities are.',
  reports: 'Continuous queries over samples, windows and predictions.',
  devices: 'How devices join, and how they get on.',
  users: 'What is known of somebody, and how it is forgotten.',
  operating: 'For probes, Prometheus and operators.',
  documents: 'What is described here, and the page.',
};
