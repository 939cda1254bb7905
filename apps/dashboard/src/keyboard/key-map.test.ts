import { describe, expect, it } from 'vitest';
import { keyAction, type KeyPress } from './key-map.js';

const press = (key: string, fields: Partial<KeyPress> = {}): KeyPress => ({
  ...{ key, altKey: false, ctrlKey: false, metaKey: false, on: 'BODY', role: null, inDialog: false },
  ...fields,
});

describe('a key', () => {
  it.each([
    [' ', 'pause'],
    ['ArrowLeft', 'back'],
    ['ArrowRight', 'forward'],
    ['l', 'label'],
    ['L', 'label'],
    ['r', 'rollback'],
    ['?', 'help'],
    ['Escape', 'dismiss'],
    ['x', null],
  ])('%s asks for %s', (key, action) => expect(keyAction(press(key))).toBe(action));

  it('is left to the browser with a modifier', () => {
    expect(keyAction(press('r', { ctrlKey: true }))).toBeNull();
    expect(keyAction(press('l', { metaKey: true }))).toBeNull();
  });

  it('is left to what has the focus where that has a use for it', () => {
    expect(keyAction(press('r', { on: 'INPUT' }))).toBeNull();
    expect(keyAction(press(' ', { on: 'BUTTON' }))).toBeNull();
    expect(keyAction(press('l', { on: 'BUTTON' }))).toBe('label');
    expect(keyAction(press('ArrowLeft', { on: 'BUTTON', role: 'tab' }))).toBeNull();
  });

  it('asks for nothing while a dialog is open', () => {
    expect(keyAction(press('l', { inDialog: true }))).toBeNull();
    expect(keyAction(press('Escape', { inDialog: true }))).toBeNull();
  });
});
