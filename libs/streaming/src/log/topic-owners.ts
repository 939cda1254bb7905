import { TOPICS } from '@hark/contracts';

/** Which app writes which topics. Each topic has one owner, so that writers never wait for each other. */
export type TopicOwners = Readonly<Record<string, readonly string[]>>;

export const HARK_TOPIC_OWNERS: TopicOwners = {
  ingest: [
    TOPICS.samples,
    TOPICS.windows,
    TOPICS.deadLetter,
    TOPICS.reports,
    TOPICS.reportSources,
    TOPICS.ingestSettings,
  ],
  learner: [TOPICS.predictions, TOPICS.alerts, TOPICS.models, TOPICS.modelMerge, TOPICS.learnerSettings],
  gateway: [
    TOPICS.commands,
    TOPICS.labels,
    TOPICS.replays,
    TOPICS.announcements,
    TOPICS.rules,
    TOPICS.observations,
    TOPICS.deliveries,
    TOPICS.reportCommands,
  ],
};

/** An app was asked to write a topic of another, or nobody owns the topic or the name of the app. */
export class NotOwnerError extends Error {
  readonly code = 'not_owner';
  constructor(
    readonly app: string,
    readonly topic: string,
  ) {
    super(`${app} does not own the topic ${topic}`);
  }
}

/** @returns the app that writes the topic, or `null` when nobody does. */
export function ownerOf(owners: TopicOwners, topic: string): string | null {
  for (const [app, topics] of Object.entries(owners)) if (topics.includes(topic)) return app;
  return null;
}
