import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineHead } from './line-head.js';

const encode = (text: string) => new TextEncoder().encode(text);

function begins(head: string, line: string, same: readonly { from: number; to: number }[] = []): boolean {
  const kept = new LineHead();
  kept.remember(encode(head), same);
  const bytes = encode(`,${line}`);
  return kept.begins(new DataView(bytes.buffer), 1, bytes.length);
}

describe("a line's head", () => {
  it('is found in front of lines that differ in digits alone', () => {
    const head = '{"t":14246966,"d":"nexus_"';
    expect(begins(head, '{"t":90817234,"d":"nexus_","x":1}')).toBe(true);
    expect(begins(head, '{"t":1424696,"d":"nexus_","x":1}')).toBe(false);
    expect(begins(head, '{"t":90817234,"d":"nexus-","x":1}')).toBe(false);
    expect(begins(head, '{"t":90817234,"d":"nexus_')).toBe(false);
  });

  it('is not found where digits differ in a part that has to be the same', () => {
    const head = '{"t":14246966,"d":"s3_1"';
    const same = [{ from: 14, to: 24 }];
    expect(begins(head, '{"t":90817234,"d":"s3_1"}', same)).toBe(true);
    expect(begins(head, '{"t":14246966,"d":"s3_2"}', same)).toBe(false);
    expect(begins(head, '{"t":14246966,"d":"s4_1"}', same)).toBe(false);
  });

  it('is found in front of no line once it is forgotten', () => {
    const kept = new LineHead();
    kept.remember(encode('abcd'), []);
    kept.forget();
    expect(kept.begins(new DataView(encode('abcd').buffer), 0, 4)).toBe(false);
  });

  it('is never found where another byte than a digit differs', () => {
    const text = fc.string({ unit: fc.constantFrom(...'019/:,"ax\u007fé'), minLength: 1, maxLength: 14 });
    const shape = (bytes: string) => bytes.replaceAll(/\d/g, '0');
    fc.assert(
      fc.property(text, text, (head, line) => {
        if (begins(head, line)) expect(shape(line).startsWith(shape(head))).toBe(true);
        if (line.startsWith(head)) expect(begins(head, line)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });
});
