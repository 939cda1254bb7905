import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { AccuracyPanel } from '../accuracy/accuracy-panel.js';
import { TokenDialog } from '../access/token-dialog.js';
import { AlertsPanel } from '../alerts/alerts-panel.js';
import { DevicesPanel } from '../devices/devices-panel.js';
import { ExplanationLayer } from '../explain/explanation-layer.js';
import { PageHeader } from '../header/page-header.js';
import { keyAction, type KeyAction } from '../keyboard/key-map.js';
import { KeysDialog } from '../keyboard/keys-dialog.js';
import { LabelDialog } from '../labels/label-dialog.js';
import { ToastStack } from '../toasts/toast-stack.js';
import { togglePause, TransportBar } from '../transport/transport-bar.js';
import { RollbackDialog } from '../versions/rollback-dialog.js';
import { VersionsPanel } from '../versions/versions-panel.js';
import { useDashboard } from './dashboard-context.js';
import { LiveRegions } from './live-regions.js';
import { LowerTabs } from './lower-tabs.js';

/** The page: one screen, from the devices on the left to the model on the right. */
export function App() {
  const dashboard = useDashboard();
  const helps = useSignal(false);
  const rollBack = (): void => {
    const { versions } = dashboard;
    const target =
      versions.previous.value ?? versions.list.value?.find(({ alias }) => alias !== 'current')?.version;
    if (target === undefined)
      dashboard.toasts.show({ text: 'There is no other version yet.', kind: 'error' });
    else void versions.show(target);
  };
  useEffect(() => {
    const actions: Readonly<Record<KeyAction, () => void>> = {
      pause: () => togglePause(dashboard),
      back: () => dashboard.labelling.step(-1),
      forward: () => dashboard.labelling.step(1),
      label: () => dashboard.labelling.openAtCursor(),
      rollback: rollBack,
      help: () => (helps.value = true),
      dismiss: () => (dashboard.labelling.cursorMs.value = null),
    };
    const pressed = (event: KeyboardEvent): void => {
      const { key, altKey, ctrlKey, metaKey } = event;
      const on = event.target instanceof Element ? event.target : document.body;
      const inDialog = document.querySelector('dialog[open]') !== null;
      const action = keyAction({
        key,
        altKey,
        ctrlKey,
        metaKey,
        on: on.tagName,
        role: on.getAttribute('role'),
        inDialog,
      });
      if (action === null) return;
      event.preventDefault();
      actions[action]();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [dashboard]);
  return (
    <>
      <PageHeader />
      <main class="page">
        <DevicesPanel />
        <LowerTabs />
        <div class="side">
          <AccuracyPanel />
          <AlertsPanel />
          <VersionsPanel />
        </div>
      </main>
      <TransportBar onHelp={() => (helps.value = true)} onRollBack={rollBack} />
      <RollbackDialog />
      <LabelDialog />
      <TokenDialog />
      {helps.value && <KeysDialog onClose={() => (helps.value = false)} />}
      <ToastStack />
      <ExplanationLayer />
      <LiveRegions />
    </>
  );
}
