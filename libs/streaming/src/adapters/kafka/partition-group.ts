import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, PartitionAssigner } from 'kafkajs';
import { clientOf } from './client-of.js';
import { GroupMembership } from './group-membership.js';
import type { KafkaOptions } from './kafka-options.js';
import { kafkajs } from './load-kafkajs.js';
import { stickyBalance } from './sticky-balance.js';
import { membersTopic } from './topic-plan.js';

export interface PartitionGroupOptions extends Omit<KafkaOptions, 'cacheBytes'> {
  readonly app: string;
  readonly partitions: number;
  /** The partitions that this process works at the moment: it is to keep them where that is fair. */
  readonly holds: () => readonly number[];
  /** Told after each rebalance which partitions are this process's. */
  readonly onAssigned: (partitions: readonly number[]) => void;
  /** Told when membership has ended for good. */
  readonly onFailure: (error: Error) => void;
}

/** A member that has not been heard of for so long has died. */
const SESSION_MS = 6000;
const TRY_AGAIN_MS = 500;

/**
 * Shares the partitions of an app's topics among its processes, by a consumer group of Kafka that reads nothing: its
 * topic stays empty. Who works a partition is decided by the writer that it opens, which fences the one before; the
 * group only says whose turn it is.
 */
export class PartitionGroup {
  private readonly consumer: Consumer;
  private readonly membership: GroupMembership;
  private readonly topic: string;

  constructor(private readonly options: PartitionGroupOptions) {
    const { app, prefix } = options;
    this.topic = prefix + membersTopic(app);
    this.consumer = clientOf(options, `hark-${app}`).consumer({
      groupId: `${prefix}${app}`,
      partitionAssigners: [this.assigner],
      sessionTimeout: SESSION_MS,
      rebalanceTimeout: SESSION_MS,
      heartbeatInterval: 500,
      // A heartbeat is sent between two fetches.
      maxWaitTimeInMs: 300,
    });
    this.membership = new GroupMembership(this.consumer, {
      onFailure: options.onFailure,
      pause: () => sleep(TRY_AGAIN_MS, undefined, { ref: false }),
    });
  }

  /** Resolves when the group has been asked to let this process in; waits for Kafka. */
  async join(): Promise<void> {
    const { consumer, topic, options } = this;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      options.onAssigned(payload.memberAssignment[topic] ?? []);
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: false });
    await this.membership.begin();
  }

  /** The others get this process's partitions at once. */
  async leave(): Promise<void> {
    await this.membership.leave();
  }

  private readonly assigner: PartitionAssigner = () => {
    const { MemberAssignment, MemberMetadata } = kafkajs().AssignerProtocol;
    return {
      name: 'hark-sticky',
      version: 0,
      protocol: ({ topics }) => ({
        name: 'hark-sticky',
        metadata: MemberMetadata.encode({
          version: 0,
          topics,
          userData: Buffer.from(JSON.stringify(this.options.holds())),
        }),
      }),
      assign: async ({ members }) => {
        const group = members.map(({ memberId: id, memberMetadata }) => ({
          id,
          holds: JSON.parse(String(MemberMetadata.decode(memberMetadata)?.userData ?? '[]')) as number[],
        }));
        return [...stickyBalance(group, this.options.partitions)].map(([memberId, share]) => ({
          memberId,
          memberAssignment: MemberAssignment.encode({
            version: 0,
            assignment: { [this.topic]: share },
            userData: Buffer.alloc(0),
          }),
        }));
      },
    };
  };
}
