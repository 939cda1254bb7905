import { type SeededRandom } from '../simulation/seeded-random.js';

/** What has broken parsers before: bounds of integers, floats and text, and characters that mean something. */
const TOKENS = [
  ...[
    '0',
    '-0',
    '-1',
    '1e999',
    '-1e999',
    '1e-999',
    'NaN',
    'Infinity',
    '0x10',
    '1_000',
    '.5',
    '5.',
    '+1',
    '1e+',
  ],
  ...[
    '9007199254740993',
    '9223372036854775807',
    '9223372036854775808',
    '18446744073709551616',
    '9'.repeat(2000),
  ],
  ...['1.42469663191325E+018', '1e18', '1E19', 'null', 'true', 'undefined', '""', '"', "'", '\\', '\\u0000'],
  ...[
    '\u0000',
    '\ufeff',
    '\ud800',
    '\u202e',
    '‮',
    'İ',
    '💥',
    '__proto__',
    'constructor',
    'toString',
    '../../etc',
  ],
  ...['%00', '%2e%2e%2f', ',', '\t', ';', ':', '{', '}', '[', ']', '[]', '{}', '\n', '\r\n', '\r', ' '],
  ...[
    '[['.repeat(500),
    '{"a":'.repeat(500),
    'a'.repeat(129),
    'é'.repeat(128),
    '*',
    '?',
    '#',
    '&',
    '=',
    '<script>',
  ],
];

const encoder = new TextEncoder();

/** Changes a text here and there: bytes flipped, cut, doubled, swapped, and tokens put in. */
export class Mutator {
  constructor(
    readonly random: SeededRandom,
    private readonly corpus: readonly Uint8Array[],
  ) {}

  next(): Uint8Array {
    let bytes: Uint8Array = this.random.pick(this.corpus);
    for (let changes = 1 + this.random.below(4); changes > 0; changes--) bytes = this.change(bytes);
    return bytes;
  }

  private change(bytes: Uint8Array): Uint8Array {
    const { random } = this;
    const at = random.below(bytes.length + 1);
    const to = Math.min(bytes.length, at + 1 + random.below(random.chance(0.2) ? 200 : 8));
    switch (random.below(7)) {
      case 0:
        return join(bytes.subarray(0, at), Uint8Array.of(random.below(256)), bytes.subarray(to));
      case 1:
        return join(bytes.subarray(0, at), bytes.subarray(to));
      case 2:
        return join(bytes.subarray(0, to), bytes.subarray(at));
      case 3:
        return bytes.subarray(0, at);
      case 4: {
        const other = random.pick(this.corpus);
        return join(bytes.subarray(0, at), other.subarray(random.below(other.length)));
      }
      default:
        return join(
          bytes.subarray(0, at),
          encoder.encode(random.pick(TOKENS)),
          bytes.subarray(random.chance(0.5) ? at : to),
        );
    }
  }
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
