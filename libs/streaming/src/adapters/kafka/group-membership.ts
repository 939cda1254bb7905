import type { Consumer } from 'kafkajs';
import { KafkaRefusalError, meaningOf } from './kafka-errors.js';

/** What a membership needs of a consumer of kafkajs. */
export type Member = Pick<Consumer, 'connect' | 'run' | 'on' | 'events' | 'disconnect'>;

export interface GroupMembershipOptions {
  /** Told when Kafka refuses the membership for good. */
  readonly onFailure: (error: Error) => void;
  /** Resolves when it is time to try again. */
  readonly pause: () => Promise<void>;
}

/**
 * Keeps a consumer in its group for as long as it is wanted there. kafkajs begins again by itself after most errors, but
 * takes it for final when no broker can be asked who coordinates the group, as while the only one is being restarted.
 */
export class GroupMembership {
  private left = false;

  constructor(
    private readonly consumer: Member,
    private readonly options: GroupMembershipOptions,
  ) {
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) void this.beginAgain(payload.error);
    });
  }

  /** After the consumer has subscribed. */
  begin(): Promise<void> {
    return this.consumer.run({ autoCommit: false, eachMessage: async () => undefined });
  }

  async leave(): Promise<void> {
    this.left = true;
    await this.consumer.disconnect();
  }

  private async beginAgain(error: Error): Promise<void> {
    if (this.left) return;
    if (!isOfKafka(error) || meaningOf(error) instanceof KafkaRefusalError)
      return this.options.onFailure(error);
    await this.options.pause();
    if (this.left) return;
    try {
      await this.consumer.connect();
      await this.begin();
    } catch (again) {
      await this.beginAgain(again as Error);
    }
  }
}

function isOfKafka({ name }: Error): boolean {
  return name.startsWith('KafkaJS');
}
