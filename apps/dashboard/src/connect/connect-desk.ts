import { signal } from '@preact/signals';
import type { DeviceConnection, PhoneApps } from '@hark/client/browser';
import type { Dashboard } from '../app/dashboard.js';

const ASK_MS = 3000;

/** How phones join, and the last attempts of devices to send something, as long as somebody looks. */
export class ConnectDesk {
  readonly apps = signal<PhoneApps | null>(null);
  readonly connections = signal<readonly DeviceConnection[]>([]);

  constructor(private readonly dashboard: Dashboard) {}

  /** @returns ends it. */
  watch(): () => void {
    void this.ask();
    const timer = setInterval(() => {
      if (!document.hidden && !this.dashboard.pause.held.value) void this.ask();
    }, ASK_MS);
    return () => clearInterval(timer);
  }

  private async ask(): Promise<void> {
    const { devices } = this.dashboard.client;
    try {
      // The address of an experiment holds a code that is good for minutes: it is asked for once.
      if (this.apps.value === null || this.apps.value.clients.length === 0)
        this.apps.value = await devices.apps();
      this.connections.value = await devices.connections();
    } catch {
      // A token without the role, or nobody there: what is shown stays.
    }
  }
}
