import {
  TOPICS,
  type Alert,
  type AlertRuleRecord,
  type DeviceId,
  type Observation,
  type Prediction,
} from '@hark/contracts';
import { StateReader, StateWriter, type LogRecord, type Outputs, type Processor } from '@hark/streaming';
import { storedJson } from '../stored-json.js';
import { activityAlert, observedAlert } from './alert-events.js';
import { RuleBook } from './rule-book.js';
import { StandingRule, type RuleStage } from './standing-rule.js';
import { WatchedWorld } from './watched-world.js';

const FORMAT = 'hark.alert-desk';
const FORMAT_VERSION = 2;

/** What the desk reads, in the order in which a step takes from it. */
export const DESK_TOPICS = [TOPICS.rules, TOPICS.alerts, TOPICS.observations, TOPICS.predictions] as const;

const utf8 = { decoder: new TextDecoder(), encoder: new TextEncoder() };

/**
 * Makes all alerts one sequence, the topic `announcements`: copies the learner's, and adds those of the rules and of
 * what was observed on the wall clock. The key of an announcement is the webhook that its rule asks for, or empty.
 */
export class AlertDesk implements Processor {
  readonly rules = new RuleBook();
  readonly world = new WatchedWorld();
  /** Offsets of the next rule record and the next observation that will be taken. */
  rulesTaken = 0;
  observationsTaken = 0;

  process(topic: string, _partition: number, record: LogRecord, outputs: Outputs): void {
    switch (topic) {
      case TOPICS.rules:
        this.rulesTaken = record.offset + 1;
        return this.takeRule(record, outputs);
      case TOPICS.alerts:
        return this.takeAlert(record, outputs);
      case TOPICS.observations:
        this.observationsTaken = record.offset + 1;
        return this.takeObservation(record, outputs);
      case TOPICS.predictions:
        return this.takePrediction(record, outputs);
    }
  }

  snapshot(): Uint8Array {
    const state = new StateWriter(FORMAT, FORMAT_VERSION).f64(this.rulesTaken).f64(this.observationsTaken);
    this.rules.write(state);
    this.world.write(state);
    return state.finish();
  }

  restore(bytes: Uint8Array): void {
    const version = versionOf(bytes);
    const state = new StateReader(bytes, FORMAT, version);
    this.rulesTaken = state.f64();
    this.observationsTaken = state.f64();
    this.rules.read(state);
    this.world.read(state, version);
    state.finish();
  }

  private takeRule(record: LogRecord, outputs: Outputs): void {
    const change = storedJson<AlertRuleRecord>(record);
    if (change?.kind === 'rule') {
      this.rules.add(new StandingRule(record.offset, change.rule, change.by, change.key));
    } else if (change?.kind === 'removed') {
      announceStages(this.rules.remove(change.rule), outputs);
    }
  }

  /** An alert that names no episode, as a challenger's, is one of its own. */
  private takeAlert(record: LogRecord, outputs: Outputs): void {
    const alert = storedJson<Alert<Partial<Alert['data']>>>(record);
    if (alert === null) return;
    const { id, data } = alert;
    if (typeof id !== 'string' || typeof data?.episode === 'string') {
      return outputs.emit(TOPICS.announcements, '', record.value);
    }
    announce({ ...alert, data: { episode: id, stage: 'raised', ...data } }, '', outputs);
  }

  private takeObservation(record: LogRecord, outputs: Outputs): void {
    const observation = storedJson<Observation>(record);
    if (observation === null) return;
    const stage = this.world.take(observation);
    if (stage === null) return;
    announce(observedAlert(stage), '', outputs);
    if (observation.kind === 'silent') announceStages(this.rules.silent(observation), outputs);
  }

  private takePrediction(record: LogRecord, outputs: Outputs): void {
    // Most records concern no rule: they are not even parsed.
    if (!this.rules.concerns(deviceOf(record.key))) return;
    const prediction = storedJson<Prediction>(record);
    if (prediction?.final !== true) return;
    announceStages(this.rules.take(prediction), outputs);
  }
}

/** States of the first version are still read. */
function versionOf(bytes: Uint8Array): number {
  try {
    new StateReader(bytes, FORMAT, 1);
    return 1;
  } catch {
    return FORMAT_VERSION;
  }
}

function announceStages(stages: readonly RuleStage[], outputs: Outputs): void {
  for (const stage of stages) announce(activityAlert(stage), stage.rule.webhook ?? '', outputs);
}

function announce(alert: unknown, key: string, outputs: Outputs): void {
  outputs.emit(TOPICS.announcements, key, utf8.encoder.encode(JSON.stringify(alert)));
}

function deviceOf(key: string): DeviceId {
  const [user, device = ''] = key.split('\u0000', 2);
  return { user, device };
}
