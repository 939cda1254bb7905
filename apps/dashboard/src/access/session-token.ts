import { signal } from '@preact/signals';

const KEY = 'hark-token';

/** The token, for this tab alone: never in a URL, gone when the tab is closed. */
export class SessionToken {
  readonly value = signal<string | null>(null);
  /** Whether the service has asked for one, and whether the one that it was shown was no good. */
  readonly wanted = signal<'no' | 'missing' | 'refused'>('no');

  constructor(private readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
    this.value.value = storage.getItem(KEY);
  }

  keep(token: string): void {
    this.storage.setItem(KEY, token);
    this.value.value = token;
    this.wanted.value = 'no';
  }

  /** Several streams fail of one token: the first says what was wrong with it. */
  isNeeded(): void {
    if (this.wanted.value !== 'no') return;
    this.wanted.value = this.value.value === null ? 'missing' : 'refused';
    this.storage.removeItem(KEY);
    this.value.value = null;
  }
}
