import {
  FencedError,
  HARK_TOPIC_OWNERS,
  LogClosedError,
  LogFullError,
  isTrimmable,
  type Log,
  type LogWriter,
  type TrimmingWriter,
} from '@hark/streaming';
import { Gauge, type Registry } from 'prom-client';
import { abortableSleep } from '../abortable-sleep.js';
import type { Health } from '../health.js';
import type { ServiceContext } from '../service-context.js';
import type { CommonSettings } from '../settings.js';
import { Retention, type RetentionOptions } from './retention.js';
import { RETAINED_TOPICS, retentionLimits, type RetentionLimits } from './retention-settings.js';

/** It is looked this often within the shortest age, */
const LOOKS_IN_AN_AGE = 20;
/** but not more often than this, nor more seldom. */
const SHORTEST_PERIOD_MS = 250;
const LONGEST_PERIOD_MS = 60_000;

export interface OpenRetentionOptions extends Pick<RetentionOptions, 'app' | 'storeState' | 'isObsolete'> {
  readonly log: Log;
  readonly writer: LogWriter;
  readonly settings: CommonSettings;
}

/** The retention as an app runs it. */
export interface RunningRetention {
  /** Until {@link stop}; rejects when the log can't be written any more. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Trims the app's topics and journals as the settings ask for, and says on its status page and in its metrics what is
 * kept. Null where everything is.
 * @throws SettingsError where the log is in Kafka.
 */
export function openRetention(
  { settings, log, writer, ...options }: OpenRetentionOptions,
  { logger, health, metrics }: Pick<ServiceContext, 'logger' | 'health' | 'metrics'>,
): RunningRetention | null {
  const limits = retentionLimits(settings);
  if (limits === null || !isTrimmable(log)) return null;
  const retention = new Retention({
    ...options,
    ...{ log, limits, now: Date.now, writer: writer as TrimmingWriter },
  });
  if (RETAINED_TOPICS.some((topic) => HARK_TOPIC_OWNERS[options.app].includes(topic)))
    tell(retention, health, metrics);
  const ending = new AbortController();
  const { signal } = ending;
  const period = periodOf(limits);
  let running: Promise<void> = Promise.resolve();
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await retention.look(signal);
      } catch (error) {
        // Whoever else writes says so, and ends the app.
        if (error instanceof FencedError || error instanceof LogClosedError) return;
        if (!(error instanceof LogFullError)) throw error;
        logger.warn({ err: error }, 'the disk is full: the retention goes on when there is room');
      }
      await abortableSleep(period, signal);
    }
  };
  return {
    run: () => (running = follow()),
    stop: async () => {
      ending.abort();
      await running.catch(() => undefined);
    },
  };
}

function periodOf(limits: RetentionLimits): number {
  const ages = [...limits.values()].flatMap(({ ageMs }) => (ageMs === null ? [] : [ageMs]));
  return Math.max(
    SHORTEST_PERIOD_MS,
    Math.min(LONGEST_PERIOD_MS, ...ages.map((age) => age / LOOKS_IN_AN_AGE)),
  );
}

/** What is kept of the app's topics, on its status page and in its metrics. */
function tell(retention: Retention, health: Health, metrics: Registry): void {
  health.report('retention', () => retention.status());
  for (const [name, help, of] of [
    ['hark_log_earliest_offset', 'Offset of the first record of a topic that is kept', 'earliest'],
    ['hark_log_bytes', 'Bytes kept of a topic', 'bytes'],
  ] as const) {
    new Gauge({
      ...{ name, help, labelNames: ['topic'], registers: [metrics] },
      collect: async function () {
        for (const [topic, kept] of Object.entries(await retention.status())) this.set({ topic }, kept[of]);
      },
    });
  }
}
