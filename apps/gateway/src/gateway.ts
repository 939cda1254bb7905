import { ActivityVocabulary, TOPICS } from '@hark/contracts';
import { AccessControl, UserScope } from '@hark/service';
import {
  Runner,
  type ArtifactStore,
  type CorruptLogError,
  type Log,
  type LogWriter,
  type RunnerOptions,
  type RunnerProgress,
} from '@hark/streaming';
import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { Alerts, type AlertOptions } from './alerts/alerts.js';
import type { Clock } from './clock.js';
import { GatewayModule, type GatewayParts } from './gateway.module.js';
import { IngestDoor } from './devices/ingest-door.js';
import { DASHBOARD_FOLDER, PageBundle } from './http/page-bundle.js';
import type { ErasureJobs } from './erasure/erasure-jobs.js';
import { Erasures } from './erasure/erasures.controller.js';
import { KnownUsers } from './erasure/known-users.js';
import { LabelsService } from './labels/labels.service.js';
import type { Channel } from './live/channel.js';
import { LIVE_LIMITS, type LiveLimits } from './live/live-connection.js';
import { LiveViews } from './live/latest/live-views.js';
import { SilenceWatch } from './live/latest/silence-watch.js';
import { LiveHub } from './live/live-hub.js';
import { ProgressChannel } from './live/progress-channel.js';
import { LearnerRequests } from './models/learner-requests.js';
import { ModelVersions } from './models/model-versions.js';
import { ModelsService } from './models/models.service.js';
import { VersionScores } from './models/version-scores.js';
import { ReplayJournal } from './replays/replay-journal.js';
import { ReplayModels, type ReplayModelOptions } from './replays/replay-model.js';
import { REPLAY_LIMITS, ReplaysService, type ReplayLimits } from './replays/replays.service.js';
import { Reports } from './reports/reports.js';
import { ReportsService } from './reports/reports.service.js';
import { ReplayDirectory } from './several/replay-directory.js';
import { Turn } from './several/turn.js';
import { DEFAULT_SESSION_OPTIONS, SessionIndex, type SessionIndexOptions } from './sessions/session-index.js';

/** What a gateway needs that writes when it is its turn: until {@link Gateway.beginTurn} its `writer` refuses. */
export interface SharedLog {
  /** Takes the states that each gateway derives from the log by itself. */
  readonly derived: LogWriter;
  /** The channel of a replay that runs at the gateway that writes. */
  readonly replay: (id: string) => Channel;
}

export interface GatewayOptions {
  readonly log: Log;
  /** The writer of `gateway`; the caller closes it. */
  readonly writer: LogWriter;
  /** Where several gateways share the log; absent: there is one, and it writes. */
  readonly several?: SharedLog;
  readonly artifacts: ArtifactStore;
  readonly clock: Clock;
  /** As `RunnerOptions.sleep`. */
  readonly sleep: RunnerOptions['sleep'];
  /** The settings of the live windower and learner, for replays. */
  readonly replayModel: Omit<ReplayModelOptions, 'artifacts'>;
  readonly sessions?: SessionIndexOptions;
  /** What a label may say; default HHAR's six. */
  readonly activities?: ActivityVocabulary;
  /** Who is let in; without it whoever is on this machine. */
  readonly access?: AccessControl;
  readonly limits?: Partial<LiveLimits>;
  /** Wall clock after which a silent device's last prediction is stale; 30 s. */
  readonly staleAfterMs?: number;
  readonly replayLimits?: Partial<ReplayLimits>;
  /** When a device is silent and an app behind, and where alerts are sent. */
  readonly alerts?: AlertOptions;
  /** The page at `/`; the built dashboard unless told. */
  readonly page?: PageBundle;
  /** Where ingest is now, for what the page shows of it; null while it does not run. */
  readonly ingestUrl?: () => string | null;
  /** How users are erased; without it they can't be. */
  readonly erasures?: ErasureJobs;
  readonly newId?: () => string;
  /** Called of each damaged part of the log that is left out. */
  readonly onCorrupt?: (error: CorruptLogError) => void;
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
  /**
   * Begins what one gateway at a time does: alerts, webhooks, replays, and whatever requests have written. To be called
   * once `writer` writes and readers see what others have written. Resolves when such requests can be answered here.
   */
  beginTurn(): Promise<void>;
  /** Resolves when what another gateway has answered shows here too: when the log has been read, or soon after. */
  hasRead(): Promise<void>;
  /** Has a runner store its state soon. */
  storeStateSoon(runner: string): void;
  /** Null when ready, else what is missing. */
  readiness(): string | null;
  /** Records that wait, for the indexes of sessions, scores and versions, and for alerts. */
  lag(): Promise<Record<string, number>>;
  /** For `/v1/status`. */
  status(): Promise<Record<string, unknown>>;
}

/** Records that another gateway may have handed out of which this one has not heard yet; far more than there can be. */
const MOST_AHEAD = 1_000_000;
/** How often it is looked whether everything has been read, and how often at most. */
const HAS_READ_PAUSE_MS = 5;
const HAS_READ_TRIES = 200;

/** Builds the gateway's parts and the Nest module that serves them. */
export function createGateway(options: GatewayOptions): Gateway {
  const { log, writer, artifacts, clock, sleep } = options;
  const { several, onCorrupt } = options;
  const derived = several?.derived ?? writer;
  const turn = new Turn();
  const views = new LiveViews(log, options.staleAfterMs ?? 30_000);
  const hub = new LiveHub(log, clock, views, several === undefined ? 0 : MOST_AHEAD);
  const silence = new SilenceWatch(views.latest, clock, (entry) =>
    hub.feed('predictions', UserScope.all)?.announce(entry),
  );
  const models = new ModelVersions(log, clock, onCorrupt);
  const scores = new VersionScores();
  const maxStepBytes = options.maxStepBytes ?? 262_144;
  const alerts = new Alerts({
    ...options.alerts,
    log,
    writer,
    artifacts,
    clock,
    sleep,
    maxStepBytes,
    onCorrupt,
  });
  const sessions = new SessionIndex(options.sessions ?? DEFAULT_SESSION_OPTIONS, alerts.heard.take);
  const requests = new LearnerRequests(log, writer, models);
  const modelsService = new ModelsService(models, scores, requests, artifacts);
  const replays = new ReplaysService(
    hub,
    sessions,
    modelsService,
    new ReplayModels({ ...options.replayModel, artifacts }),
    new ReplayJournal(log, writer),
    { ...REPLAY_LIMITS, ...options.replayLimits },
    options.newId ?? (() => randomBytes(8).toString('hex')),
  );
  const access = options.access ?? AccessControl.open();
  const limits = { ...LIVE_LIMITS, ...options.limits };
  const activities = options.activities ?? ActivityVocabulary.hhar;
  const labels = new LabelsService(requests, sessions, log);
  const { rules } = alerts;
  const reportDesk = new Reports(
    {
      log,
      writer,
      derived,
      artifacts,
      clock,
      sleep,
      maxStepBytes,
      onCorrupt,
      webhooks: options.alerts?.webhooks,
    },
    hub,
  );
  const reports = new ReportsService(reportDesk, log, alerts.allowList);
  const page = options.page ?? PageBundle.read(DASHBOARD_FOLDER);
  const ingest = new IngestDoor(options.ingestUrl ?? (() => null));
  const known = new KnownUsers(log, sessions, async () => {
    for (let tries = 0; tries < 20; tries++, await sleep(50, ending.signal))
      if ((await lag())['sessions'] === 0) return true;
    return false;
  });
  const erasures = new Erasures(options.erasures ?? null, known);
  const parts = {
    hub,
    models,
    modelsService,
    sessions,
    labels,
    activities,
    rules,
    replays,
    reports,
    access,
    limits,
    page,
    ingest,
    erasures,
  };

  // Lists and sums that people ask for: a tenth of a second later is soon enough.
  const unhurried = { restMs: 100, maxStepBytes: 16 * maxStepBytes };
  const runner = (
    name: string,
    processor: RunnerOptions['processor'],
    topic: string,
    more: Pick<Partial<RunnerOptions>, 'onStep' | 'restMs' | 'maxStepBytes'> = {},
  ): Runner =>
    new Runner({
      name,
      log,
      writer: derived,
      artifacts,
      processor,
      inputs: [{ topic, partition: 0 }],
      maxStepBytes,
      snapshotEveryBytes: options.snapshotEveryBytes ?? 8_388_608,
      sleep,
      onCorrupt,
      ...more,
    });
  const runners = [
    runner('sessions', sessions, TOPICS.samples, unhurried),
    runner('version-scores', scores, TOPICS.predictions, unhurried),
    runner('live', views, TOPICS.predictions, { onStep: silence.look }),
  ];
  const ending = new AbortController();
  // Whoever follows the log listens to it.
  setMaxListeners(0, ending.signal);
  let running: Promise<unknown> = Promise.resolve();

  const lag = async (): Promise<Record<string, number>> => {
    const waiting: Record<string, number> = {};
    for (const each of runners) {
      const { name, inputs } = await each.progress();
      waiting[name] = waitingFor(inputs);
    }
    waiting['models'] = await models.lag();
    waiting['alerts'] = turn.begun ? await alerts.lag() : 0;
    waiting['reports'] = await reportDesk.lag();
    return waiting;
  };

  hub.open(
    'progress',
    new ProgressChannel(log, clock, {
      messages: () => [...hub.messages.values()].reduce((sum, each) => sum + each, 0),
      subscriptions: () => hub.subscriptions,
      lag: async () => Object.values(await lag()).reduce((sum, each) => sum + each, 0),
    }),
  );

  const directory = several && new ReplayDirectory(log, hub, several.replay);
  const reading = new AbortController();
  const takeUp = async (): Promise<void> => {
    reading.abort();
    await alerts.recover();
    await replays.restore();
    turn.begin();
  };
  const runTurn = async (): Promise<void> => {
    if (!(await turn.own())) return;
    await Promise.all([
      reportDesk.send(ending.signal),
      alerts.run(
        ending.signal,
        async () => waitingFor((await runners[0].progress()).inputs),
        () => reportDesk.health(),
      ),
    ]);
  };

  return {
    ...parts,
    lag,
    module: GatewayModule.register(parts),
    recover: async () => {
      for (const each of runners) await each.recover();
      await reportDesk.recover();
      if (several === undefined) await takeUp();
      silence.look();
    },
    beginTurn: async () => {
      await takeUp();
      // A request that came with an idempotency key is known by it from here on.
      await alerts.hasTakenRules();
      await reportDesk.hasTakenCommands();
    },
    hasRead: async () => {
      for (let tries = 0; tries < HAS_READ_TRIES; tries++, await sleep(HAS_READ_PAUSE_MS, ending.signal)) {
        const waiting = [await models.lag(), await reportDesk.lag(), (await directory?.lag()) ?? 0];
        if (waiting.every((lag) => lag === 0)) return;
      }
    },
    run: () => {
      const work = [
        models.run(ending.signal),
        ...runners.map((each) => each.run(ending.signal)),
        reportDesk.run(ending.signal),
        directory?.run(reading.signal),
        runTurn(),
      ];
      running = Promise.allSettled(work);
      return Promise.all(work).then(() => undefined);
    },
    stop: async () => {
      await replays.suspend();
      silence.end();
      reading.abort();
      turn.end();
      ending.abort();
      await running;
    },
    storeStateSoon: (name) => {
      if (name === 'alert-desk') alerts.storeStateSoon();
      else if (name === 'report-desk') reportDesk.storeStateSoon();
      else runners.find((each) => each.name === name)?.storeStateSoon();
    },
    readiness: () => {
      if (writer.isFenced?.() === true) return 'another gateway has taken over this log';
      return models.ready ? null : 'the model versions have not been read yet';
    },
    status: async () => ({
      lagRecords: await lag(),
      live: hub.counts(),
      sessions: sessions.size,
      alerts: alerts.status(),
      replays: replays.size,
      reports: reportDesk.counts(),
      model: { current: models.history.current, learning: models.history.learning },
    }),
  };
}

function waitingFor(inputs: RunnerProgress['inputs']): number {
  return inputs.reduce((sum, { lag }) => sum + lag, 0);
}
