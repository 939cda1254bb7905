import { describe, expect, it } from 'vitest';
import { StateFormatError, StateVersionError } from '../runner/processor.js';
import { decodeJsonState, encodeJsonState } from './json-state.js';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a state as JSON', () => {
  it('comes back as it was', () => {
    expect(decodeJsonState(encodeJsonState(3, { read: ['a'], current: null }), 'folder', 3)).toEqual({
      read: ['a'],
      current: null,
    });
  });

  it('of another version is refused by both numbers, newer and older', () => {
    const newer = () => decodeJsonState(encodeJsonState(4, {}), 'folder', 3);
    expect(newer).toThrow(StateVersionError);
    expect(newer).toThrow('version 4 of folder, expected 3');
    expect(() => decodeJsonState(encodeJsonState(2, {}), 'folder', 3)).toThrow('version 2 of folder');
  });

  it.each(['', '{"version":1', 'null', '[]', '{"version":"1"}'])('is no %j', (text) => {
    expect(() => decodeJsonState(bytes(text), 'folder', 1)).toThrow(StateFormatError);
    expect(() => decodeJsonState(bytes(text), 'folder', 1)).toThrow('not a state of folder');
  });
});
