import { expect, it } from 'vitest';
import { renamedFields } from './renamed-fields.js';

const names = new Map([
  ['time_ns', 'Creation_Time'],
  ['who', 'User'],
]);

it('renames fields and leaves every digit of the numbers', () => {
  expect(renamedFields('{"time_ns": 1424686733090638193, "who":"a","x":-5.958191e0}', names)).toBe(
    '{"Creation_Time": 1424686733090638193, "User":"a","x":-5.958191e0}',
  );
});

it('renames no value, no field of an object within, and nothing behind an escaped quote', () => {
  const text = '{"gt":"who","more":{"who":1},"note":"a \\"who\\": b"}';
  expect(renamedFields(text, names)).toBe(text);
});

it('gives back what is no JSON as it is', () => {
  for (const text of ['', 'who', '{"who', '{"who"', '[1,2']) expect(renamedFields(text, names)).toBe(text);
});
