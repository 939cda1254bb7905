/** What a key asks for. */
export type KeyAction = 'pause' | 'back' | 'forward' | 'label' | 'rollback' | 'help' | 'dismiss';

export interface KeyPress {
  readonly key: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  /** Tag of what has the focus, in capitals, and its role. */
  readonly on: string;
  readonly role: string | null;
  /** Whether a dialog is open. */
  readonly inDialog: boolean;
}

const ACTIONS: Readonly<Record<string, KeyAction>> = {
  ' ': 'pause',
  ArrowLeft: 'back',
  ArrowRight: 'forward',
  l: 'label',
  r: 'rollback',
  '?': 'help',
};

const TAKES_LETTERS = new Set(['INPUT', 'TEXTAREA', 'SELECT']);
const TAKES_SPACE = new Set(['BUTTON', 'A', 'SUMMARY', ...TAKES_LETTERS]);
/** Roles whose own arrow keys come first. */
const TAKES_ARROWS = new Set(['tab', 'slider', 'radio', 'menuitem']);

/** What a press asks of the page, or null where the browser or a control has a use of its own for it. */
export function keyAction(press: KeyPress): KeyAction | null {
  if (press.altKey || press.ctrlKey || press.metaKey) return null;
  if (press.key === 'Escape') return press.inDialog ? null : 'dismiss';
  if (press.inDialog || TAKES_LETTERS.has(press.on)) return null;
  const action = ACTIONS[press.key.length === 1 ? press.key.toLowerCase() : press.key] ?? null;
  if (action === 'pause' && TAKES_SPACE.has(press.on)) return null;
  if ((action === 'back' || action === 'forward') && TAKES_ARROWS.has(press.role ?? '')) return null;
  return action;
}

/** For the list of keys. */
export const KEYS: readonly (readonly [key: string, meaning: string])[] = [
  ['Space', 'pause the view, and go on'],
  ['←  →', 'to the stretch before or after, of the chosen device'],
  ['L', 'say what the chosen stretch was'],
  ['R', 'roll the model back'],
  ['?', 'these keys'],
];
