import { describe, expect, it } from 'vitest';
import { ActivityVocabulary } from '@hark/contracts';
import { CollectingSink } from './collecting-sink.js';
import { ColumnarRows } from './columnar-rows.js';

describe('CollectingSink', () => {
  it('keeps the first refused rows and counts all', () => {
    const sink = new CollectingSink(ActivityVocabulary.hhar, 0, 2);
    for (const row of [1, 2, 3]) sink.reject(row, 'malformed', 'm', 't', null);
    expect([sink.rejected, sink.kept.map(({ row }) => row), sink.full]).toEqual([3, [1, 2], true]);
  });

  it('gets every refused row of columns, with the text of those that it keeps', () => {
    const sink = new CollectingSink(ActivityVocabulary.hhar, 0, 1);
    const text = '{"user":"u","creationTime":[1,2],"x":[1,1],"y":[1,1],"z":[1,1],"sensor":"gyroscope"}';
    new ColumnarRows().parse(new TextEncoder().encode(text), sink);
    expect([sink.rejected, sink.kept.length]).toEqual([2, 1]);
    expect(sink.kept[0].text).toContain('"Creation_Time":"1"');
  });
});
