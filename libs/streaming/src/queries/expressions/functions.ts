import { QuerySpecError } from '../query-spec-error.js';
import {
  BINARY_ARITHMETIC,
  UNARY_ARITHMETIC,
  binaryArithmetic,
  extreme,
  unaryArithmetic,
  unixTime,
} from './arithmetic.js';
import { isNumber, type Bound } from './bound.js';
import { choice, coalesce } from './choices.js';
import { COMPARISONS, comparison, conjunction, disjunction, negation, nullTest, textTest } from './conditions.js';
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
    const [a, b] = taking(args, place, isNumber, 'numbers', 2);
    return binaryArithmetic(place.fn, a, b);
  }),
  ...named(UNARY_ARITHMETIC, (args, place) =>
    unaryArithmetic(place.fn, taking(args, place, isNumber, 'a number', 1)[0]),
  ),
  ...named(['least', 'greatest'], (args, place) =>
    extreme(place.fn as 'least' | 'greatest', taking(args, place, isNumber, 'numbers')),
  ),
  ...named(['unix_millis', 'unix_seconds'], (args, place) =>
    unixTime(place.fn as 'unix_millis', taking(args, place, isTimestamp, 'a timestamp', 1)[0]),
  ),
  ...named(COMPARISONS, (args, place) => {
    const [a, b] = alike(args, place);
    return comparison(place.fn, a, b);
  }),
  ...named(['is null', 'is not null'], (args, { fn }) => nullTest(fn as 'is null', args[0])),
  like(args, place) {
    const [text, pattern] = taking(args, place, isText, 'texts', 2);
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
  and: (args, place) => conjunction(taking(args, place, isCondition, 'conditions')),
  or: (args, place) => disjunction(taking(args, place, isCondition, 'conditions')),
  not: (args, place) => negation(taking(args, place, isCondition, 'a condition', 1)[0]),
  lower: (args, place) => textFunction(oneText(args, place), (text) => text.toLowerCase()),
  upper: (args, place) => textFunction(oneText(args, place), (text) => text.toUpperCase()),
  length: (args, place) => textLength(oneText(args, place)),
  /** `substring(text, from, length)`, counted in characters from 1. */
  substring(args, place) {
    const [text, from, length] = args;
    if (args.length !== 3 || !isText(text) || !isWhole(from, 1) || !isWhole(length, 0)) {
      throw mistyped(place, 'a text, a first character from 1 and a length, both written out');
    }
    const start = (from.constant as number) - 1;
    return textFunction(text, (whole) =>
      [...whole].slice(start, start + (length.constant as number)).join(''),
    );
  },
  concat: (args, place) => concatenation(taking(args, place, isText, 'texts')),
  coalesce(args, place) {
    const same = alike(args, place);
    return coalesce(commonType(same), same);
  },
  if(args, place) {
    if (args.length !== 3 || !isCondition(args[0])) throw mistyped(place, 'a condition and two values');
    const [then, otherwise] = alike(args.slice(1), place);
    return choice(commonType([then, otherwise]), args[0], then, otherwise);
  },
};

function named(names: readonly string[], bindCall: BindCall): Record<string, BindCall> {
  return Object.fromEntries(names.map((name) => [name, bindCall]));
}

const isText = ({ type }: Bound) => type === 'string';
const isTimestamp = ({ type }: Bound) => type === 'timestamp';
const isCondition = ({ type }: Bound) => type === 'boolean';

function isWhole({ constant }: Bound, least: number): boolean {
  return Number.isSafeInteger(constant) && (constant as number) >= least;
}

function oneText(args: readonly Bound[], place: Place): Bound {
  return taking(args, place, isText, 'a text', 1)[0];
}

/** The arguments, checked; a constant null fits anywhere that a column of the type does. */
function taking(
  args: readonly Bound[],
  place: Place,
  fits: (arg: Bound) => boolean,
  what: string,
  count?: number,
): readonly Bound[] {
  const wrongCount = count === undefined ? args.length === 0 : args.length !== count;
  if (wrongCount || !args.every((arg) => fits(arg))) {
    const found = args.map(({ type }) => type).join(', ') || 'nothing';
    throw mistyped(place, `${count === undefined || count === 1 ? '' : `${count} `}${what}, not ${found}`);
  }
  return args;
}

/** The arguments brought to one type, where constants give way; numbers may be of both kinds. */
function alike(args: readonly Bound[], place: Place): readonly Bound[] {
  const leader = args.find(({ constant }) => constant === undefined) ?? args.find((arg) => arg.constant !== null);
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
