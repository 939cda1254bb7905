import { describe, expect, it } from 'vitest';
import { markup } from './markup.js';

describe('markup', () => {
  it('takes strings for text, whatever they hold', () => {
    expect(markup`<td title="${'"\''}">${'<b>&'}</td>`.text).toBe(
      '<td title="&#34;&#39;">&#60;b&#62;&#38;</td>',
    );
  });

  it('takes markup, numbers and lists of them as they are, and null for nothing', () => {
    expect(markup`${[markup`<i>a</i>`, 1, [2]]}${null}|`.text).toBe('<i>a</i>12|');
  });
});
