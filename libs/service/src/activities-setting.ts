import { ActivityVocabulary, HHAR_ACTIVITIES } from '@hark/contracts';
import { z } from 'zod';

/** What counts as an activity: read by ingest, for samples, and by the gateway, for labels that come later. */
export const activitiesSetting = {
  HARK_ACTIVITIES: z.string().default(HHAR_ACTIVITIES.join()).transform(activitiesOf),
};

function activitiesOf(text: string, context: z.RefinementCtx): ActivityVocabulary {
  try {
    return ActivityVocabulary.parse(text);
  } catch (error) {
    context.addIssue((error as RangeError).message);
    return z.NEVER;
  }
}
