import { signal } from '@preact/signals';
import type { Comparison } from '@hark/contracts';
import type { HarkAlert } from '@hark/client/browser';
import type { Dashboard } from '../app/dashboard.js';
import { alertLine } from './alert-line.js';

const MOST = 100;

/** When drift was announced, for the marks on the accuracy. */
export interface DriftMark {
  readonly atMs: number;
  readonly stage: 'warning' | 'drift' | 'recovered';
}

/** What was announced, newest first, and what of it has been acknowledged on this page. */
export class AlertFeed {
  readonly list = signal<readonly HarkAlert[]>([]);
  readonly acknowledged = signal<ReadonlySet<string>>(new Set());
  /** What the assertive region says; drift alone interrupts. */
  readonly alarm = signal('');
  readonly comparison = signal<{ readonly alert: string; readonly result: Comparison } | null>(null);

  constructor(private readonly dashboard: Dashboard) {}

  async follow(ending: AbortSignal): Promise<void> {
    const { client } = this.dashboard;
    const { alerts, epoch, offset } = await client.alerting.list({ limit: MOST, signal: ending });
    this.list.value = alerts;
    for await (const alert of client.alerts({ since: { epoch, offset }, signal: ending })) this.take(alert);
  }

  acknowledge(id: string): void {
    this.acknowledged.value = new Set([...this.acknowledged.value, id]);
  }

  driftMarks(fromMs: number, toMs: number): DriftMark[] {
    return this.list.value.flatMap((alert) => {
      if (alert.type !== 'hark.drift') return [];
      const atMs = Date.parse(alert.time);
      return atMs >= fromMs && atMs <= toMs ? [{ atMs, stage: alert.data.stage }] : [];
    });
  }

  /** Plays the newest session of a device that was hit to the version before and the one of now. */
  async compare(alert: HarkAlert): Promise<void> {
    if (alert.type !== 'hark.drift') return;
    const { scope, lastGoodVersion } = alert.data;
    const { client } = this.dashboard;
    await this.dashboard.attempt('Comparing', async () => {
      const query = { user: scope.users[0], device: scope.devices[0], limit: 1 };
      const { sessions } = await client.sessions.list(query);
      if (sessions.length === 0) throw new Error('nothing was recorded of these devices');
      const models = [lastGoodVersion ?? 1, 'current'] as const;
      this.comparison.value = {
        alert: alert.id,
        result: await client.replays.compare(sessions[0].id, models),
      };
    });
  }

  private take(alert: HarkAlert): void {
    this.list.value = [alert, ...this.list.value].slice(0, MOST);
    const { weight, title, detail } = alertLine(alert);
    if (weight === 'drift') this.alarm.value = `${title}: ${detail}`;
    else this.dashboard.announcer.say(`${title}. ${detail}`);
    this.dashboard.pulse.mark();
  }
}
