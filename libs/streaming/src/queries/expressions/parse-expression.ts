import { QuerySpecError } from '../query-spec-error.js';
import { call, column, literal, type Expression } from './expression.js';
import { tokensOf, type Token } from './tokens.js';

const MAX_LENGTH = 4000;
const MAX_DEPTH = 100;
const COMPARISONS: Readonly<Record<string, string>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/**
 * Reads SQL's notation of expressions. From the loosest to the tightest: `or`, `and`, `not`, comparisons with
 * `[not] like`, `[not] in (…)`, `[not] between … and …`, `is [not] null`; `+ -`, `* / %`, `-`; then literals, columns,
 * calls and parentheses.
 *
 * @param field of the spec, for errors.
 * @throws QuerySpecError with the place where reading ended.
 */
export function parseExpression(text: string, field: string): Expression {
  if (text.length > MAX_LENGTH) {
    throw new QuerySpecError(
      field,
      'expression_too_long',
      `an expression has ${MAX_LENGTH} characters at most`,
    );
  }
  return new Parser(tokensOf(text, field), field).whole();
}

class Parser {
  private next = 0;
  private depth = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly field: string,
  ) {}

  whole(): Expression {
    const expression = this.either();
    if (this.token.kind !== 'end') throw this.unexpected('an operator or the end');
    return expression;
  }

  private either(): Expression {
    if (++this.depth > MAX_DEPTH) {
      throw new QuerySpecError(
        this.field,
        'expression_too_deep',
        `an expression nests ${MAX_DEPTH} levels at most`,
      );
    }
    let left = this.both();
    while (this.takeWord('or')) left = call('or', left, this.both());
    this.depth--;
    return left;
  }

  private both(): Expression {
    let left = this.negation();
    while (this.takeWord('and')) left = call('and', left, this.negation());
    return left;
  }

  private negation(): Expression {
    let not = 0;
    while (this.takeWord('not')) not++;
    const expression = this.comparison();
    return not % 2 === 1 ? call('not', expression) : expression;
  }

  private comparison(): Expression {
    const left = this.sum();
    const { token } = this;
    if (token.kind === 'symbol' && token.value in COMPARISONS) {
      this.next++;
      return call(COMPARISONS[token.value], left, this.sum());
    }
    if (this.takeWord('is')) {
      const not = this.takeWord('not');
      if (!this.takeWord('null')) throw this.unexpected('null');
      return call(not ? 'is not null' : 'is null', left);
    }
    const not = this.takeWord('not');
    const test = this.test(left);
    if (test === null) {
      if (not) throw this.unexpected('like, in or between');
      return left;
    }
    return not ? call('not', test) : test;
  }

  /** `like`, `in` or `between`, when one of them comes next. */
  private test(left: Expression): Expression | null {
    if (this.takeWord('like')) return call('like', left, this.sum());
    if (this.takeWord('in')) {
      this.expect('(');
      return call('in', left, ...this.list());
    }
    if (this.takeWord('between')) {
      const low = this.sum();
      if (!this.takeWord('and')) throw this.unexpected('and');
      return call('and', call('>=', left, low), call('<=', left, this.sum()));
    }
    return null;
  }

  private sum(): Expression {
    let left = this.product();
    for (let symbol; (symbol = this.takeSymbol('+', '-')) !== null;) {
      left = call(symbol, left, this.product());
    }
    return left;
  }

  private product(): Expression {
    let left = this.signed();
    for (let symbol; (symbol = this.takeSymbol('*', '/', '%')) !== null;) {
      left = call(symbol, left, this.signed());
    }
    return left;
  }

  private signed(): Expression {
    let minus = 0;
    while (this.takeSymbol('-') !== null) minus++;
    const operand = this.operand();
    if (minus % 2 === 0) return operand;
    return operand.kind === 'literal' && typeof operand.value === 'number'
      ? literal(-operand.value)
      : call('negate', operand);
  }

  private operand(): Expression {
    const { token } = this;
    if (token.kind === 'end') throw this.unexpected('a value');
    this.next++;
    if (token.kind === 'number' || token.kind === 'text') return literal(token.value);
    if (token.kind === 'name') {
      if (token.quoted) return column(token.value);
      const word = token.value.toLowerCase();
      if (word === 'null') return literal(null);
      if (word === 'true' || word === 'false') return literal(word === 'true');
      return this.takeSymbol('(') === null ? column(token.value) : call(word, ...this.list());
    }
    if (token.value === '(') {
      const inner = this.either();
      this.expect(')');
      return inner;
    }
    this.next--;
    throw this.unexpected('a value');
  }

  /** The expressions up to the closing parenthesis. */
  private list(): Expression[] {
    if (this.takeSymbol(')') !== null) return [];
    const items = [this.either()];
    while (this.takeSymbol(',') !== null) items.push(this.either());
    this.expect(')');
    return items;
  }

  private get token(): Token {
    return this.tokens[this.next];
  }

  private takeWord(word: string): boolean {
    const { token } = this;
    if (token.kind !== 'name' || token.quoted || token.value.toLowerCase() !== word) return false;
    this.next++;
    return true;
  }

  private takeSymbol(...symbols: readonly string[]): string | null {
    const { token } = this;
    if (token.kind !== 'symbol' || !symbols.includes(token.value)) return null;
    this.next++;
    return token.value;
  }

  private expect(symbol: string): void {
    if (this.takeSymbol(symbol) === null) throw this.unexpected(symbol);
  }

  private unexpected(wanted: string): QuerySpecError {
    const { token } = this;
    const found = token.kind === 'end' ? 'the end' : JSON.stringify(String(token.value));
    return new QuerySpecError(
      this.field,
      'expression_syntax',
      `expected ${wanted}, found ${found} at character ${token.at + 1}`,
    );
  }
}
