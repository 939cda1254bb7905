import { useSignal } from '@preact/signals';
import { useDashboard } from '../app/dashboard-context.js';

/** Copies the calls that a panel is made of, to be pasted into a terminal. */
export function CopyAsCurl({ of, curl }: { readonly of: string; readonly curl: string }) {
  const { announcer, token } = useDashboard();
  const isCopied = useSignal(false);
  const copy = async (): Promise<void> => {
    const text =
      token.value.value === null
        ? curl
        : curl.replaceAll(/curl /g, 'curl -H "Authorization: Bearer $HARK_TOKEN" ');
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      prompt('Copy this:', text);
    }
    isCopied.value = true;
    announcer.say(`Copied: ${text}`);
    setTimeout(() => (isCopied.value = false), 1500);
  };
  return (
    <button class="quiet curl" onClick={() => void copy()} title={curl} aria-label={`Copy ${of} as curl`}>
      {isCopied.value ? 'copied' : 'curl'}
    </button>
  );
}
