import {
  alertSchema,
  fusedSchema,
  livePredictionSchema,
  modelEventSchema,
  progressSchema,
  signalSchema,
  reportMessageSchema,
  transitionSchema,
  type CHANNELS,
} from '@hark/contracts';
import type { z } from 'zod';

export interface LiveChannelInfo {
  readonly summary: string;
  readonly payload: z.ZodType;
}

/** What each channel brings. The payload of a snapshot also says `"snapshot":true`. */
export const LIVE_CHANNELS: Readonly<
  Record<(typeof CHANNELS)[number] | 'replay:{id}' | 'report:{name}', LiveChannelInfo>
> = {
  predictions: { summary: 'What each device is doing, window by window', payload: livePredictionSchema },
  transitions: { summary: 'A device has passed from one activity to another', payload: transitionSchema },
  fused: { summary: 'One activity of each user, from all devices', payload: fusedSchema },
  alerts: { summary: 'What is announced, as CloudEvents', payload: alertSchema },
  models: { summary: 'Versions made, rolled back to and promoted; labels', payload: modelEventSchema },
  progress: { summary: 'How far each app has come, at most once a second', payload: progressSchema },
  'report:{name}': {
    summary: 'What a report has found, and its progress; for tokens that may know of all users',
    payload: reportMessageSchema,
  },
  signal: { summary: 'The acceleration as it comes in, thinned out for the eye', payload: signalSchema },
  'replay:{id}': { summary: 'The predictions of one replay', payload: livePredictionSchema },
};
