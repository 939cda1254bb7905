import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { EXPLANATIONS, type Explanation } from './explanations.js';

const ID = 'explanation';
const MARGIN = 8;
const WIDTH = 260;

interface Shown {
  readonly text: string;
  readonly left: number;
  readonly top: number;
  readonly isAbove: boolean;
}

/** The one tooltip of the page: whatever has `data-explain` gets it on hover and on focus; Escape hides it. */
export function ExplanationLayer() {
  const shown = useSignal<Shown | null>(null);
  useEffect(() => {
    let described: Element | null = null;
    const hide = (): void => {
      described?.removeAttribute('aria-describedby');
      described = null;
      shown.value = null;
    };
    const show = (event: Event): void => {
      const element = (event.target as Element).closest?.('[data-explain]') ?? null;
      if (element === described) return;
      hide();
      if (element === null) return;
      const key = element.getAttribute('data-explain') as Explanation;
      described = element;
      element.setAttribute('aria-describedby', ID);
      const { left, top, bottom, width } = element.getBoundingClientRect();
      const isAbove = bottom > innerHeight - 120;
      const wanted = left + width / 2 - WIDTH / 2;
      shown.value = {
        text: EXPLANATIONS[key],
        left: Math.max(MARGIN, Math.min(innerWidth - WIDTH - MARGIN, wanted)),
        top: isAbove ? top - MARGIN : bottom + MARGIN,
        isAbove,
      };
    };
    const escape = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') hide();
    };
    const listeners: [string, (event: never) => void][] = [
      ['pointerover', show],
      ['focusin', show],
      ['focusout', hide],
      ['keydown', escape],
    ];
    for (const [name, listener] of listeners) document.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of listeners) document.removeEventListener(name, listener as EventListener);
    };
  }, [shown]);
  const { value } = shown;
  if (value === null) return null;
  const { left, top, isAbove, text } = value;
  return (
    <div
      id={ID}
      role="tooltip"
      class="explanation"
      style={{
        left: `${left}px`,
        top: `${top}px`,
        width: `${WIDTH}px`,
        translate: isAbove ? '0 -100%' : '0 0',
      }}
    >
      {text}
    </div>
  );
}
