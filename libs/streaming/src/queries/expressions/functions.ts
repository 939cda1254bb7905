import { QuerySpecError } from '../query-spec-error.js';
import {
  BINARY_ARITHMETIC,
  UNARY_ARITHMETIC,
  binaryArithmetic,
  extreme,
  unaryArithmetic,
  unixTime,
} from './arithmetic.js';
import { boundConstant, isNumber, type Bound } from './bound.js';
import { choice, coalesce } from './choices.js';
import {
  COMPARISONS,
  comparison,
  conjunction,
  disjunction,
  negation,
  nullTest,
  textTest,
} from './conditions.js';
import { likeTest } from './like.js';
import { asType } from './literals.js';
import { concatenation, textFunction, textLength } from './texts.js';

interface Place {
  readonly fn: string;
  readonly field: string;
}

type BindCall = (args: readonly Bound[], place: Place) => Bound;

/** Every operator and function, by the name that a call has. */
export const FUNCTIONS: Readonly<Record<string, BindCall>> = {
  ...named(BINARY_ARITHMETIC, (args, place) => {
    const [a, b] = taking(args, place, NUMBER, 'numbers', 2);
    return binaryArithmetic(place.fn, a, b);
  }),
  ...named(UNARY_ARITHMETIC, (args, place) =>
    unaryArithmetic(place.fn, taking(args, place, NUMBER, 'a number', 1)[0]),
  ),
  ...named(['least', 'greatest'], (args, place) =>
    extreme(place.fn as 'least' | 'greatest', taking(args, place, NUMBER, 'numbers')),
  ),
  ...named(['unix_millis', 'unix_seconds'], (args, place) =>
    unixTime(place.fn as 'unix_millis', taking(args, place, TIMESTAMP, 'a timestamp', 1)[0]),
  ),
  ...named(COMPARISONS, (args, place) => {
    const [a, b] = alike(args, place);
    return comparison(place.fn, a, b);
  }),
  ...named(['is null', 'is not null'], (args, { fn }) => nullTest(fn as 'is null', args[0])),
  like(args, place) {
    const [text, pattern] = taking(args, place, TEXT, 'texts', 2);
    if (typeof pattern.constant !== 'string') throw mistyped(place, 'a pattern that is written out');
    return textTest(text, likeTest(pattern.constant));
  },
  in(args, place) {
    if (args.length < 2) throw mistyped(place, 'a list that is not empty');
    const [value, ...list] = args;
    return disjunction(
      list.map((item) => {
        const [a, b] = alike([value, item], place);
        return comparison('=', a, b);
      }),
    );
  },
  and: (args, place) => conjunction(taking(args, place, CONDITION, 'conditions')),
  or: (args, place) => disjunction(taking(args, place, CONDITION, 'conditions')),
  not: (args, place) => negation(taking(args, place, CONDITION, 'a condition', 1)[0]),
  lower: (args, place) => textFunction(oneText(args, place), (text) => text.toLowerCase()),
  upper: (args, place) => textFunction(oneText(args, place), (text) => text.toUpperCase()),
  length: (args, place) => textLength(oneText(args, place)),
  /** `substring(text, from, length)`, counted in characters from 1. */
  substring(args, place) {
    const [text, from, length] = args;
    if (args.length !== 3 || !TEXT.fits(text) || !isWhole(from, 1) || !isWhole(length, 0)) {
      throw mistyped(place, 'a text, a first character from 1 and a length, both written out');
    }
    const start = (from.constant as number) - 1;
    return textFunction(text, (whole) =>
      [...whole].slice(start, start + (length.constant as number)).join(''),
    );
  },
  concat: (args, place) => concatenation(taking(args, place, TEXT, 'texts')),
  coalesce(args, place) {
    const same = alike(args, place);
    return coalesce(commonType(same), same);
  },
  if(args, place) {
    if (args.length !== 3) throw mistyped(place, 'a condition and two values');
    const [test] = taking(args.slice(0, 1), place, CONDITION, 'a condition and two values', 1);
    const [then, otherwise] = alike(args.slice(1), place);
    return choice(commonType([then, otherwise]), test, then, otherwise);
  },
};

function named(names: readonly string[], bindCall: BindCall): Record<string, BindCall> {
  return Object.fromEntries(names.map((name) => [name, bindCall]));
}

/** What an argument may be, and what a constant null is taken for there. */
interface Kind {
  readonly fits: (arg: Bound) => boolean;
  readonly nullType: Bound['type'];
}

const NUMBER: Kind = { fits: isNumber, nullType: 'double' };
const TEXT: Kind = { fits: ({ type }) => type === 'string', nullType: 'string' };
const TIMESTAMP: Kind = { fits: ({ type }) => type === 'timestamp', nullType: 'timestamp' };
const CONDITION: Kind = { fits: ({ type }) => type === 'boolean', nullType: 'boolean' };

function isWhole({ constant }: Bound, least: number): boolean {
  return Number.isSafeInteger(constant) && (constant as number) >= least;
}

function oneText(args: readonly Bound[], place: Place): Bound {
  return taking(args, place, TEXT, 'a text', 1)[0];
}

/** The arguments, checked. */
function taking(
  args: readonly Bound[],
  place: Place,
  { fits, nullType }: Kind,
  what: string,
  count?: number,
): readonly Bound[] {
  const taken = args.map((arg) => (arg.constant === null ? boundConstant(nullType, null) : arg));
  const wrongCount = count === undefined ? args.length === 0 : args.length !== count;
  if (wrongCount || !taken.every(fits)) {
    const found = args.map(({ type }) => type).join(', ') || 'nothing';
    throw mistyped(place, `${count === undefined || count === 1 ? '' : `${count} `}${what}, not ${found}`);
  }
  return taken;
}

/** The arguments brought to one type, where constants give way; numbers may be of both kinds. */
function alike(args: readonly Bound[], place: Place): readonly Bound[] {
  const leader =
    args.find(({ constant }) => constant === undefined) ?? args.find((arg) => arg.constant !== null);
  if (leader === undefined || args.length < 2) throw mistyped(place, 'two values of one type');
  return args.map((arg) => {
    const same = asType(leader.type, arg) ?? arg;
    if (same.type === leader.type || (isNumber(same) && isNumber(leader))) return same;
    throw mistyped(place, `values of one type, not ${leader.type} and ${arg.type}`);
  });
}

function commonType(args: readonly Bound[]): Bound['type'] {
  return args.every(({ type }) => type === args[0].type) ? args[0].type : 'double';
}

function mistyped({ fn, field }: Place, wants: string): QuerySpecError {
  return new QuerySpecError(field, 'operand_type', `${fn} takes ${wants}`);
}
