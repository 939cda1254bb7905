import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { Compressor, gunzip } from './compression.js';

const text = Buffer.alloc(2000, 'walk stairs up ');
const noise = randomBytes(2000);

it('what is compressed comes back', () => {
  const compressed = new Compressor('gzip').gzip('topic', text)!;
  expect(compressed.length).toBeLessThan(200);
  expect(gunzip(compressed)).toEqual(text);
});

it('nothing is compressed where that is not wanted, and nothing that is small', () => {
  expect(new Compressor('none').gzip('topic', text)).toBe(null);
  expect(new Compressor('gzip').gzip('topic', text.subarray(0, 500))).toBe(null);
});

it('leaves a topic alone whose bytes do not become fewer, and tries it again after 31 batches', () => {
  const compressor = new Compressor('gzip');
  expect(compressor.gzip('noise', noise)).toBe(null);
  for (let batch = 0; batch < 31; batch++) expect(compressor.gzip('noise', text)).toBe(null);
  expect(compressor.gzip('noise', text)).not.toBe(null);
  expect(compressor.gzip('noise', text)).not.toBe(null);
});

it('one topic says nothing of another', () => {
  const compressor = new Compressor('gzip');
  expect(compressor.gzip('noise', noise)).toBe(null);
  expect(compressor.gzip('text', text)).not.toBe(null);
});

it('reads what others have compressed: nothing, and several parts behind each other', () => {
  expect(gunzip(gzipSync(''))).toEqual(Buffer.alloc(0));
  expect(gunzip(Buffer.concat([gzipSync(text), gzipSync('end')]))).toEqual(
    Buffer.concat([text, Buffer.from('end')]),
  );
});

it('says when it is damaged', () => {
  const compressed = gzipSync(text);
  compressed[compressed.length - 5] ^= 1;
  expect(() => gunzip(compressed)).toThrow('incorrect data check');
  expect(() => gunzip(Buffer.from('no'))).toThrow();
});
