import type { KnownActivities } from './known-activities.js';
import type { ProducerStatus, Receipt } from './front-door.js';
import type { Submission } from './submission.js';

/** The way of samples into the log: one {@link FrontDoor}, or one for each partition, wherever it is. */
export interface SampleDoor {
  /** What the parsers ask about `gt`. */
  readonly activities: KnownActivities;
  /** Resolves when everything of the submission is durable. */
  accept(submission: Submission): Promise<Receipt>;
  producer(id: string): ProducerStatus | Promise<ProducerStatus>;
}
