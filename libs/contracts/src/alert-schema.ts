import { z } from 'zod';
import type { Alert, DriftData } from './alert.js';
import type { ChallengerData } from './challenger.js';
import {
  WATCHED_APPS,
  type ActivityData,
  type DeviceData,
  type ReportData,
  type ServiceData,
} from './gateway-alert.js';
import type { LabelsDisagreeData } from './labels-disagree.js';
import { schemaOf } from './schema-agreement.js';

const names = z.array(z.string());
const episode = z.string().describe('the same for the alerts of one episode');
const call = z.strictObject({ method: z.literal('POST'), path: z.string() });

const driftData = schemaOf<DriftData>()(
  z.strictObject({
    episode,
    stage: z.enum(['warning', 'drift', 'recovered']),
    detector: z.string(),
    signal: z.string().describe('what was watched'),
    statistic: z.number(),
    threshold: z.number(),
    before: z.number().describe('mean of the signal before the change'),
    after: z.number(),
    scope: z
      .strictObject({ users: names, devices: names, classes: names, features: names.optional() })
      .describe('what was hit; empty = nothing in particular'),
    modelVersion: z.int(),
    lastGoodVersion: z.int().nullable(),
    rollback: call.nullable().describe('the call that rolls back to the last good version'),
  }),
);

const challengerData = schemaOf<ChallengerData>()(
  z.strictObject({
    challenger: z.string().describe('name of its classifier'),
    windows: z.int(),
    currentAccuracy: z.number(),
    challengerAccuracy: z.number(),
    pValue: z.number().describe('of McNemar, two-sided'),
    version: z.int(),
    currentVersion: z.int(),
    promoted: z.boolean().describe('whether a setting has promoted it already'),
    promote: call.describe('the call that lets it answer'),
  }),
);

const labelsDisagreeData = schemaOf<LabelsDisagreeData>()(
  z.strictObject({
    episode,
    stage: z.literal('raised'),
    user: z.string(),
    device: z.string(),
    windows: z.int().describe('its last labelled windows'),
    contradicted: z.int().describe('of them, those that the model was sure to be another activity'),
    usual: z.number().describe('share of such windows on other devices'),
    advice: z.string().describe('what to do, for people'),
  }),
);

const activityData = schemaOf<ActivityData>()(
  z.strictObject({
    episode,
    stage: z.enum(['started', 'ended']),
    rule: z.string(),
    name: z.string().nullable().describe('of the rule'),
    activity: z.string(),
    forSeconds: z.number(),
    user: z.string(),
    device: z.string(),
    since: z.iso.datetime().describe('event time'),
    until: z.iso.datetime().describe('event time'),
    lastedSeconds: z.number(),
    reason: z.enum(['left', 'gap', 'silent', 'rule_removed']).nullable().describe('null while it lasts'),
  }),
);

const deviceData = schemaOf<DeviceData>()(
  z.strictObject({
    episode,
    stage: z.enum(['silent', 'heard']),
    user: z.string(),
    device: z.string(),
    lastHeardAt: z.iso.datetime().nullable().describe('wall clock; null = before the start of the gateway'),
  }),
);

const serviceData = schemaOf<ServiceData>()(
  z.strictObject({
    episode,
    stage: z.enum(['behind', 'caught_up']),
    app: z.enum(WATCHED_APPS),
    waitingRecords: z.int(),
    waitedSeconds: z.number(),
  }),
);

const reportData = schemaOf<ReportData>()(
  z.strictObject({
    episode,
    stage: z.enum(['failed', 'slow', 'recovered']),
    report: z.string(),
    message: z.string().nullable().describe('why it has failed, or how slow it is; null = it does well'),
  }),
);

/** {@link Alert} of one type: CloudEvents 1.0. */
function alertOf<Type extends string, Data extends z.ZodType>(type: Type, data: Data) {
  return z.strictObject({
    specversion: z.literal('1.0'),
    id: z.string(),
    source: z.string(),
    type: z.literal(type),
    subject: z.string().optional(),
    time: z.iso.datetime().describe('event time; of devices, services and reports the wall clock'),
    datacontenttype: z.literal('application/json'),
    data,
  });
}

export const driftAlertSchema = schemaOf<Alert & { readonly type: 'hark.drift' }>()(
  alertOf('hark.drift', driftData),
);
export const challengerAlertSchema = alertOf('hark.challenger', challengerData);
export const labelsDisagreeAlertSchema = alertOf('hark.labels_disagree', labelsDisagreeData);
export const activityAlertSchema = alertOf('hark.activity', activityData);
export const deviceAlertSchema = alertOf('hark.device', deviceData);
export const serviceAlertSchema = alertOf('hark.service', serviceData);
export const reportAlertSchema = alertOf('hark.report', reportData);

/** Every alert there is, told apart by `type`. */
export const alertSchema = z.discriminatedUnion('type', [
  driftAlertSchema,
  challengerAlertSchema,
  labelsDisagreeAlertSchema,
  activityAlertSchema,
  deviceAlertSchema,
  serviceAlertSchema,
  reportAlertSchema,
]);

/** `GET /v1/alerts`, newest first. */
export const alertListSchema = z.strictObject({
  alerts: z.array(alertSchema),
  epoch: z.string(),
  offset: z
    .int()
    .describe('where the channel alerts stands: subscribe from here for what comes after this list'),
  next: z.string().optional().describe('the cursor of the next page; absent at the end'),
});
