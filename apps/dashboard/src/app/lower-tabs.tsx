import type { JSX } from 'preact';
import { ConfusionView } from '../confusion/confusion-panel.js';
import { ConnectView } from '../connect/connect-panel.js';
import { CopyAsCurl } from '../panel/copy-as-curl.js';
import { ReplayTab } from '../replay/replay-panel.js';
import { ReportsView } from '../reports/reports-panel.js';
import { SignalView } from '../signal/signal-panel.js';
import { ThroughputView } from '../throughput/throughput-panel.js';
import { TABS, type Dashboard, type Tab } from './dashboard.js';
import { useDashboard } from './dashboard-context.js';

interface TabInfo {
  readonly title: string;
  readonly view: () => JSX.Element;
  readonly curl: (dashboard: Dashboard) => string;
}

const INFO: Readonly<Record<Tab, TabInfo>> = {
  signal: {
    title: 'Signal',
    view: SignalView,
    curl: ({ origin, board, chosen }) => {
      const device = board.device(chosen.value);
      const who =
        device === undefined
          ? ''
          : `&users=${encodeURIComponent(device.user)}&devices=${encodeURIComponent(device.device)}`;
      return `curl -N '${origin}/v1/events?channel=signal${who}'`;
    },
  },
  confusion: {
    title: 'Confusion',
    view: ConfusionView,
    curl: ({ origin }) => `curl -N '${origin}/v1/events?channel=predictions&mode=append'`,
  },
  replay: {
    title: 'Replay',
    view: ReplayTab,
    curl: ({ origin, replay }) =>
      `curl ${origin}/v1/sessions\n` +
      `curl -H 'content-type: application/json' -d '{"session":"${replay.session.value?.id ?? 'ID'}","speed":4}' ${origin}/v1/replays`,
  },
  reports: { title: 'Reports', view: ReportsView, curl: ({ origin }) => `curl ${origin}/v1/reports` },
  throughput: {
    title: 'Throughput',
    view: ThroughputView,
    curl: ({ origin }) => `curl -N '${origin}/v1/events?channel=progress'`,
  },
  connect: {
    title: 'Connect a phone',
    view: ConnectView,
    curl: ({ origin }) => `curl ${origin}/v1/clients\ncurl ${origin}/v1/connections`,
  },
};

/** What is looked at one at a time. */
export function LowerTabs() {
  const dashboard = useDashboard();
  const { tab } = dashboard;
  const now = tab.value;
  const { view: View, curl } = INFO[now];
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    tab.value = TABS[(TABS.indexOf(now) + step + TABS.length) % TABS.length];
    document.getElementById(`tab-${tab.value}`)?.focus();
  };
  return (
    <section class="panel panel-lower" aria-label="Details">
      <header class="panel-head">
        <div role="tablist" aria-label="Details" class="tabs" onKeyDown={move}>
          {TABS.map((each) => (
            <button
              key={each}
              id={`tab-${each}`}
              role="tab"
              aria-selected={each === now}
              aria-controls="lower"
              tabIndex={each === now ? 0 : -1}
              onClick={() => (tab.value = each)}
            >
              {INFO[each].title}
            </button>
          ))}
        </div>
        <div class="panel-actions">
          <CopyAsCurl of={INFO[now].title} curl={curl(dashboard)} />
        </div>
      </header>
      <div class="panel-body" role="tabpanel" id="lower" aria-labelledby={`tab-${now}`}>
        <View />
      </div>
    </section>
  );
}
