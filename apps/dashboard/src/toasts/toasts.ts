import { signal } from '@preact/signals';

/** Something that was done, and the way back. */
export interface Toast {
  readonly text: string;
  readonly kind: 'done' | 'error';
  readonly action?: { readonly word: string; readonly run: () => void };
}

const MOST = 3;

/** What was done lately. A toast goes when it is told to, or when newer ones need its place: undo does not run away. */
export class Toasts {
  readonly list = signal<readonly (Toast & { readonly id: number })[]>([]);
  private ids = 0;

  show(toast: Toast): number {
    const id = ++this.ids;
    this.list.value = [...this.list.value, { ...toast, id }].slice(-MOST);
    return id;
  }

  dismiss(id: number): void {
    this.list.value = this.list.value.filter((each) => each.id !== id);
  }
}
