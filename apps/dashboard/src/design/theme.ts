import { computed, effect, signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'hark-theme';
const ORDER: readonly Theme[] = ['auto', 'light', 'dark'];

/** Light, dark, or as the system says. */
export const theme = signal<Theme>(stored());

const darkSystem = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = signal(darkSystem.matches);
darkSystem.addEventListener('change', ({ matches }) => (systemIsDark.value = matches));

/** What is shown: whatever draws by itself takes its colours anew when this changes. */
export const scheme = computed(() =>
  theme.value === 'auto' ? (systemIsDark.value ? 'dark' : 'light') : theme.value,
);

export function nextTheme(): void {
  theme.value = ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length];
}

/** Keeps the document and the storage as the signal says. */
export function followTheme(): void {
  effect(() => {
    const { value } = theme;
    if (value === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = value;
    localStorage.setItem(KEY, value);
  });
}

function stored(): Theme {
  const kept = localStorage.getItem(KEY);
  return ORDER.find((each) => each === kept) ?? 'auto';
}
