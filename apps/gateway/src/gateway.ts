import { TOPICS } from '@hark/contracts';
import { Runner, type ArtifactStore, type Log, type LogWriter, type RunnerOptions } from '@hark/streaming';
import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.js';
import { GatewayModule, type GatewayParts } from './gateway.module.js';
import { LoopbackAccess, type Access } from './http/access.js';
import { LIVE_LIMITS, type LiveLimits } from './live/live-connection.js';
import { LiveHub } from './live/live-hub.js';
import { CommandLog } from './models/command-log.js';
import { ModelVersions } from './models/model-versions.js';
import { ModelsService } from './models/models.service.js';
import { VersionScores } from './models/version-scores.js';
import { ReplayModels, type ReplayModelOptions } from './replays/replay-model.js';
import { REPLAY_LIMITS, ReplaysService, type ReplayLimits } from './replays/replays.service.js';
import { DEFAULT_SESSION_OPTIONS, SessionIndex, type SessionIndexOptions } from './sessions/session-index.js';

export interface GatewayOptions {
  readonly log: Log;
  /** The writer of `gateway`; the caller closes it. */
  readonly writer: LogWriter;
  readonly artifacts: ArtifactStore;
  readonly clock: Clock;
  /** As `RunnerOptions.sleep`. */
  readonly sleep: RunnerOptions['sleep'];
  /** The settings of the live windower and learner, for replays. */
  readonly replayModel: Omit<ReplayModelOptions, 'artifacts'>;
  readonly sessions?: SessionIndexOptions;
  readonly access?: Access;
  readonly limits?: Partial<LiveLimits>;
  readonly replayLimits?: Partial<ReplayLimits>;
  readonly newId?: () => string;
  /** Bytes a step of the indexes takes, and after how many their state is stored. */
  readonly maxStepBytes?: number;
  readonly snapshotEveryBytes?: number;
}

export interface Gateway extends GatewayParts {
  readonly module: ReturnType<typeof GatewayModule.register>;
  /** Restores the indexes; before `run`. */
  recover(): Promise<void>;
  /** Follows the log until `stop`. Rejects when the gateway can't go on. */
  run(): Promise<void>;
  /** Ends replays and following; resolves when the last step stands. */
  stop(): Promise<void>;
  /** Null when ready, else what is missing. */
  readiness(): string | null;
  /** Records that wait, for the indexes of sessions, scores and versions. */
  lag(): Promise<Record<string, number>>;
  /** For `/v1/status`. */
  status(): Promise<Record<string, unknown>>;
}

/** Builds the gateway's parts and the Nest module that serves them. */
export function createGateway(options: GatewayOptions): Gateway {
  const { log, writer, artifacts, clock, sleep } = options;
  const hub = new LiveHub(log, clock);
  const models = new ModelVersions(log, clock);
  const scores = new VersionScores();
  const sessions = new SessionIndex(options.sessions ?? DEFAULT_SESSION_OPTIONS);
  const modelsService = new ModelsService(models, scores, new CommandLog(writer), artifacts);
  const replays = new ReplaysService(
    hub,
    sessions,
    modelsService,
    new ReplayModels({ ...options.replayModel, artifacts }),
    { ...REPLAY_LIMITS, ...options.replayLimits },
    options.newId ?? (() => randomBytes(8).toString('hex')),
  );
  const access = options.access ?? new LoopbackAccess();
  const limits = { ...LIVE_LIMITS, ...options.limits };
  const parts = { hub, models, modelsService, sessions, replays, access, limits };

  const runner = (name: string, processor: RunnerOptions['processor'], topic: string): Runner =>
    new Runner({
      name,
      log,
      writer,
      artifacts,
      processor,
      inputs: [{ topic, partition: 0 }],
      maxStepBytes: options.maxStepBytes ?? 262_144,
      snapshotEveryBytes: options.snapshotEveryBytes ?? 67_108_864,
      sleep,
    });
  const runners = [
    runner('sessions', sessions, TOPICS.samples),
    runner('version-scores', scores, TOPICS.predictions),
  ];
  const ending = new AbortController();
  let running: Promise<unknown> = Promise.resolve();

  const lag = async (): Promise<Record<string, number>> => {
    const waiting: Record<string, number> = {};
    for (const each of runners) {
      const { name, inputs } = await each.progress();
      waiting[name] = inputs.reduce((sum, input) => sum + input.lag, 0);
    }
    waiting['models'] = await models.lag();
    return waiting;
  };

  return {
    ...parts,
    lag,
    module: GatewayModule.register(parts),
    recover: async () => {
      for (const each of runners) await each.recover();
    },
    run: () => {
      const work = [models.run(ending.signal), ...runners.map((each) => each.run(ending.signal))];
      running = Promise.allSettled(work);
      return Promise.all(work).then(() => undefined);
    },
    stop: async () => {
      replays.stopAll();
      ending.abort();
      await running;
    },
    readiness: () => (models.ready ? null : 'the model versions have not been read yet'),
    status: async () => ({
      lagRecords: await lag(),
      live: hub.counts(),
      sessions: sessions.size,
      replays: replays.list().length,
      model: { current: models.history.current, learning: models.history.learning },
    }),
  };
}
