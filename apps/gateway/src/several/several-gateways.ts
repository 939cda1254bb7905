import { TOPICS } from '@hark/contracts';
import { UserScope, abortableSleep, type ServiceContext } from '@hark/service';
import { DerivedWriter, FencedError, HARK_TOPIC_OWNERS, TurnWriter } from '@hark/streaming';
import { PartitionGroup, type KafkaLog, type KafkaOptions, type KafkaWriter } from '@hark/streaming/adapters';
import { DESK_TOPICS } from '../alerts/alert-desk.js';
import type { Gateway } from '../gateway.js';
import type { Channel } from '../live/channel.js';
import type { LiveHub } from '../live/live-hub.js';
import { handOn } from './hand-on.js';
import { RemoteReplay } from './remote-replay.js';
import { replayMessagesRoute } from './replay-messages-route.js';

/** The app, its group and its one turn. */
const APP = 'gateway';
const TURN = 0;
/** What a turn goes on from: this process has to have heard all of it. */
const GONE_ON_FROM: readonly string[] = [
  ...new Set([...HARK_TOPIC_OWNERS[APP], ...DESK_TOPICS, TOPICS.models, TOPICS.reports]),
];
/** What other gateways answer from of what the one that writes was asked for. */
const ANSWERED_FROM: readonly string[] = [TOPICS.models, TOPICS.reports, TOPICS.replays];
/** For so long an answer is kept back until it shows here. */
const HEARD_MS = 1000;
/** How often the gateway that writes looks whether it still does. */
const LOOK_MS = 1000;
/** How often that may not show at first: a broker shows a moment later what was committed. */
const FIRST_LOOKS = 10;

export interface SeveralGatewaysOptions {
  readonly kafka: KafkaOptions;
  /** With its partitions. */
  readonly log: KafkaLog;
  /** See `SequencedLog.orderOf`. */
  readonly orderOf: (topic: string) => string;
}

/**
 * One of several gateways of a log in Kafka. All of them derive the same from it and answer whoever asks; one at a time
 * writes, and the others hand on to it what is to be written. A consumer group says whose turn it is, the writer that
 * is opened decides: whoever is fenced ends ([ADR 13](../../../../docs/adr/0013-of-several-gateways-one-writes.md)).
 */
export class SeveralGateways {
  /** For what one gateway at a time writes. */
  readonly writer = new TurnWriter(APP);
  /** For the states that each derives. */
  readonly derived: DerivedWriter;
  private readonly group: PartitionGroup;
  private readonly ending = new AbortController();
  private address = '';
  private gateway: Pick<Gateway, 'beginTurn' | 'hasRead'> | null = null;
  /** Whether it has been said whose turn it is, and this gateway has done what follows from it. */
  private isSettled = false;
  private opening: Promise<void> | null = null;
  /** While requests that write are answered here. */
  private writing: KafkaWriter | null = null;
  private fail: (error: unknown) => void = () => undefined;
  private readonly failure = new Promise<never>((_, reject) => (this.fail = reject));

  constructor(
    private readonly options: SeveralGatewaysOptions,
    private readonly context: Pick<ServiceContext, 'health' | 'logger'>,
  ) {
    const { kafka, log } = options;
    this.derived = new DerivedWriter((runner) => log.runnerState(APP, runner));
    // Looked at once the app runs.
    this.failure.catch(() => undefined);
    this.group = new PartitionGroup({
      ...{ ...kafka, app: APP, partitions: 1, onFailure: this.fail },
      holds: () => (this.opening === null ? [] : [TURN]),
      onAssigned: (turns) => this.assigned(turns.includes(TURN)),
    });
    context.health.require('turn', () =>
      this.isSettled ? null : 'it has not been said yet which gateway writes',
    );
    context.health.report('gateways', () => this.status());
  }

  /** The channel of a replay that runs at the gateway that writes. */
  readonly replay = (id: string): Channel => new RemoteReplay(id, this.holder);

  /** Express middleware, for requests that are between gateways. @param hub of this one. */
  middleware(hub: Pick<LiveHub, 'feed'>) {
    const own = () => this.writing?.owner ?? null;
    const channel = (id: string) => hub.feed(`replay:${id}`, UserScope.all)?.channel;
    return [
      replayMessagesRoute({ own, channel }),
      handOn({ own, holder: this.holder, away: () => this.options.log.away, heard: () => this.heard() }),
    ];
  }

  /**
   * Takes part until {@link end}. Rejects when this gateway can't go on, with FencedError where another has its turn.
   * @param address at which the others reach this one.
   */
  async run(address: string, gateway: Pick<Gateway, 'beginTurn' | 'hasRead'>): Promise<void> {
    this.address = address;
    this.gateway = gateway;
    await this.group.join();
    await Promise.race([this.failure, stopped(this.ending.signal)]);
  }

  /** No turn begins here any more. */
  end(): void {
    this.ending.abort();
  }

  /** The turn goes over to another gateway at once; to be called when nothing is written here any more. */
  async leave(): Promise<void> {
    await this.group.leave();
  }

  /** Of the turn that it has this gateway lets go when another has taken it, not before: so there is always one. */
  private assigned(isOwn: boolean): void {
    if (this.ending.signal.aborted) return;
    if (!isOwn) this.isSettled ||= this.opening === null;
    else this.opening ??= this.open().catch(this.fail);
  }

  private async open(): Promise<void> {
    const { log, orderOf } = this.options;
    const writer = await log.writer(APP, TURN, this.address);
    await log.hear(GONE_ON_FROM.map(orderOf));
    if (this.ending.signal.aborted) return;
    this.writer.begin(writer);
    this.derived.begin(writer);
    await this.gateway?.beginTurn();
    this.writing = writer;
    this.isSettled = true;
    this.context.logger.info({ address: this.address }, 'this gateway writes from now on');
    void this.watch(writer).catch(this.fail);
  }

  /** Ends this gateway when another has taken its turn, also while there is nothing to write. */
  private async watch({ owner }: KafkaWriter): Promise<void> {
    const { signal } = this.ending;
    for (let looksLeft = FIRST_LOOKS; ;) {
      await abortableSleep(LOOK_MS, signal);
      if (signal.aborted) return;
      if ((await this.holder())?.owner === owner) looksLeft = 0;
      else if (looksLeft-- <= 0) throw new FencedError(APP);
    }
  }

  private readonly holder = () => this.options.log.holder(APP, TURN);

  private async heard(): Promise<void> {
    const read = this.options.log.hear(ANSWERED_FROM).then(() => this.gateway?.hasRead());
    await Promise.race([read, abortableSleep(HEARD_MS, this.ending.signal)]);
  }

  private async status(): Promise<{ readonly address: string; readonly writer: string | null }> {
    const { log } = this.options;
    const holder = log.away === null ? await this.holder() : null;
    return { address: this.address, writer: holder?.address ?? null };
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
