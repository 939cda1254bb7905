/** 10^0 to 10^22: the powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Bytes from its start that a scan may look at. */
export const NUMBER_REACH = 64;

const POINT = 0x2e;
const MINUS = 0x2d;
const PLUS = 0x2b;
/** Four of the digit 0. */
const ZEROS = 0x30303030;

/**
 * Reads numbers straight from bytes, without making strings. It takes JSON's number grammar and no more; where a
 * number is of another form or too long to be read exactly this way, it says so and the caller reads the text.
 * A scan returns the position behind the number, or −1 when it was not read; what it read stands in a field, for a
 * floating-point number that a call returns is an object. The {@link NUMBER_REACH} bytes from its start on must exist.
 */
export class NumberScanner {
  /** Result of {@link scanFloat}. */
  value = 0.5;
  /** Result of {@link scanTime}. */
  ms = 0.5;
  subNs = 0;
  private bytes!: Uint8Array;
  private view!: DataView;

  /** The bytes that the next scans read. */
  begin(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /**
   * A decimal number, rounded as `Number(text)` rounds: with a mantissa below 2^53 and a power of ten up to 10^22
   * both are exact, so that one multiplication or division gives the correctly rounded result (Clinger 1990).
   */
  scanFloat(start: number): number {
    const end = this.scanShortDecimal(start);
    return end < 0 ? this.scanLongFloat(start) : end;
  }

  /**
   * One or two digits, a point and up to eight digits: what sensors write. How many digits there are is not to be
   * foreseen, and a branch taken wrongly costs as much as the whole number: so they are counted and put in their places
   * by arithmetic, four at a time.
   */
  private scanShortDecimal(start: number): number {
    const { bytes, view } = this;
    const negative = bytes[start] === MINUS ? 1 : 0;
    let p = start + negative;
    let whole = bytes[p] - 48;
    if (whole < 0 || whole > 9) return -1;
    if (bytes[p + 1] === POINT) p += 2;
    else {
      const digit = bytes[p + 1] - 48;
      if (whole === 0 || digit < 0 || digit > 9 || bytes[p + 2] !== POINT) return -1;
      whole = whole * 10 + digit;
      p += 3;
    }
    const upper = view.getInt32(p, true) ^ ZEROS;
    const lower = view.getInt32(p + 4, true) ^ ZEROS;
    const upperDigits = digitsAhead(upper);
    const lowerDigits = upperDigits < 4 ? 0 : digitsAhead(lower);
    const decimals = upperDigits + lowerDigits;
    p += decimals;
    const next = bytes[p];
    if (decimals === 0 || (next >= 48 && next <= 57) || next === 0x45 || next === 0x65) return -1;
    const fraction = leading(upper, upperDigits) * POWERS[lowerDigits] + leading(lower, lowerDigits);
    const value = (whole * POWERS[decimals] + fraction) / POWERS[decimals];
    this.value = negative === 1 ? -value : value;
    return p;
  }

  private scanLongFloat(start: number): number {
    const { bytes, view } = this;
    let p = start;
    let c = bytes[p];
    const negative = c === MINUS;
    if (negative) c = bytes[++p];
    let digit = c - 48;
    if (digit < 0 || digit > 9) return -1;
    // Up to nine significant digits in a small integer, up to seven more in a second one.
    let mantissa = digit;
    let low = 0;
    let lowDigits = 0;
    let exponent = 0;
    c = bytes[++p];
    digit = c - 48;
    if (digit >= 0 && digit <= 9) {
      if (mantissa === 0) return -1;
      while (mantissa < 100_000) {
        const four = fourDigits(view.getInt32(p, true));
        if (four < 0) break;
        mantissa = mantissa * 10_000 + four;
        p += 4;
      }
      c = bytes[p];
      digit = c - 48;
      while (digit >= 0 && digit <= 9) {
        if (mantissa < 100_000_000) mantissa = mantissa * 10 + digit;
        else if (lowDigits < 7) {
          low = low * 10 + digit;
          lowDigits++;
        } else return -1;
        c = bytes[++p];
        digit = c - 48;
      }
    }
    if (c === POINT) {
      const point = p++;
      while (mantissa < 100_000) {
        const four = fourDigits(view.getInt32(p, true));
        if (four < 0) break;
        mantissa = mantissa * 10_000 + four;
        p += 4;
        if (p - point > 24) return -1;
      }
      c = bytes[p];
      digit = c - 48;
      while (digit >= 0 && digit <= 9) {
        if (mantissa < 100_000_000) mantissa = mantissa * 10 + digit;
        else if (lowDigits < 7) {
          low = low * 10 + digit;
          lowDigits++;
        } else return -1;
        c = bytes[++p];
        digit = c - 48;
        if (p - point > 24) return -1;
      }
      exponent = point + 1 - p;
      if (exponent === 0) return -1;
    }
    if (c === 0x45 || c === 0x65) {
      c = bytes[++p];
      const down = c === MINUS;
      if (down || c === PLUS) c = bytes[++p];
      digit = c - 48;
      if (digit < 0 || digit > 9) return -1;
      let written = digit;
      digit = bytes[++p] - 48;
      while (digit >= 0 && digit <= 9) {
        written = written * 10 + digit;
        if (written > 99 || p - start > 50) return -1;
        digit = bytes[++p] - 48;
      }
      exponent += down ? -written : written;
    }
    let value = mantissa;
    if (lowDigits > 0) {
      value = mantissa * POWERS[lowDigits] + low;
      if (value > 9_007_199_254_740_991) return -1;
    }
    if (exponent < 0) {
      if (exponent < -22) return -1;
      value /= POWERS[-exponent];
    } else if (exponent > 0) {
      if (exponent > 22) return -1;
      value *= POWERS[exponent];
    }
    this.value = negative ? -value : value;
    return p;
  }

  /**
   * Nanoseconds into `ms` and `subNs`, at most 2^63 − 1: 1 to 19 decimal digits, or the scientific form that a
   * spreadsheet leaves behind (`1.42469663191325E+018`).
   */
  scanTime(start: number): number {
    const { bytes, view } = this;
    if (bytes[start] === 48) {
      const next = bytes[start + 1] - 48;
      if (next >= 0 && next <= 9) return -1;
    }
    // The whole number as three parts: up to nine digits, up to nine, the nineteenth.
    let p = start;
    let high = 0;
    let four = fourDigits(view.getInt32(p, true));
    if (four >= 0) {
      high = four;
      p += 4;
      four = fourDigits(view.getInt32(p, true));
      if (four >= 0) {
        high = high * 10_000 + four;
        p += 4;
      }
    }
    let digit = bytes[p] - 48;
    while (digit >= 0 && digit <= 9 && p < start + 9) {
      high = high * 10 + digit;
      digit = bytes[++p] - 48;
    }
    if (p === start) return -1;
    if (p === start + 1 && bytes[p] === POINT) {
      return this.scanScientificTime(start);
    }
    const middle = p;
    let low = 0;
    if (p === start + 9) {
      four = fourDigits(view.getInt32(p, true));
      if (four >= 0) {
        low = four;
        p += 4;
        four = fourDigits(view.getInt32(p, true));
        if (four >= 0) {
          low = low * 10_000 + four;
          p += 4;
        }
      }
      digit = bytes[p] - 48;
      while (digit >= 0 && digit <= 9 && p < start + 18) {
        low = low * 10 + digit;
        digit = bytes[++p] - 48;
      }
    }
    const lowDigits = p - middle;
    if (digit >= 0 && digit <= 9) {
      const last = digit;
      digit = bytes[++p] - 48;
      if (digit >= 0 && digit <= 9) return -1;
      const carry = (low / 100_000) | 0;
      this.ms = high * 10_000 + carry;
      this.subNs = (low - carry * 100_000) * 10 + last;
      if (this.ms >= 9_223_372_036_854 && (this.ms > 9_223_372_036_854 || this.subNs > 775_807)) return -1;
    } else if (lowDigits > 6) {
      const carry = (low / 1_000_000) | 0;
      this.ms = high * POWERS[lowDigits - 6] + carry;
      this.subNs = low - carry * 1_000_000;
    } else {
      // ms = floor(high · 10^lowDigits / 10^6)
      const shift = POWERS[6 - lowDigits];
      this.ms = Math.floor(high / shift);
      this.subNs = (high - this.ms * shift) * POWERS[lowDigits] + low;
    }
    return p;
  }

  /** One digit, a point, up to 14 digits, an exponent up to 18 that leaves no fraction. */
  private scanScientificTime(start: number): number {
    const { bytes } = this;
    let p = start + 2;
    let mantissa = bytes[start] - 48;
    let digit = bytes[p] - 48;
    while (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digit = bytes[++p] - 48;
      if (p > start + 16) return -1;
    }
    const decimals = p - start - 2;
    if (decimals === 0 || (bytes[p] !== 0x45 && bytes[p] !== 0x65)) return -1;
    if (bytes[++p] === PLUS) p++;
    const first = p;
    let exponent = 0;
    digit = bytes[p] - 48;
    while (digit >= 0 && digit <= 9 && p < first + 4) {
      exponent = exponent * 10 + digit;
      digit = bytes[++p] - 48;
    }
    const zeros = exponent - decimals;
    if (p === first || p === first + 4 || exponent > 18 || zeros < 0) return -1;
    if (zeros >= 6) {
      this.ms = mantissa * POWERS[zeros - 6];
      this.subNs = 0;
    } else {
      const shift = POWERS[6 - zeros];
      this.ms = Math.floor(mantissa / shift);
      this.subNs = (mantissa - this.ms * shift) * POWERS[zeros];
    }
    return this.ms < 9_223_372_036_854 ? p : -1;
  }
}

/** How many of four bytes, from the lowest on, are digits; these less `0`, as are those of {@link leading}. */
function digitsAhead(word: number): number {
  // A byte above 9 gets its highest bit, and may carry into those above it alone.
  const others = (word | ((word + 0x76767676) | 0)) & 0x80808080;
  return others === 0 ? 4 : (31 - Math.clz32(others & -others)) >>> 3;
}

/** Value of the first so many of four digits. */
function leading(word: number, digits: number): number {
  // Behind the zeros in front of them. Shifted by halves: 32 at once would be none.
  const half = 4 * (4 - digits);
  const placed = (word << half) << half;
  const pairs = (Math.imul(placed, 10) + (placed >>> 8)) & 0x00ff00ff;
  return (pairs & 0xff) * 100 + (pairs >>> 16);
}

/** Value of four ASCII digits, the first in the lowest byte; −1 when one of the bytes is no digit. */
function fourDigits(word: number): number {
  const digits = (word - 0x30303030) | 0;
  if (((digits | ((word + 0x46464646) | 0)) & 0x80808080) !== 0) return -1;
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) & 0x00ff00ff;
  return (pairs & 0xff) * 100 + (pairs >>> 16);
}
