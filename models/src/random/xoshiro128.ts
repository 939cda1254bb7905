/**
 * xoshiro128** 1.1 (Blackman & Vigna 2021), seeded by SplitMix32. 32-bit integer arithmetic alone: the same numbers
 * on every machine. Not for secrets.
 */
export class Xoshiro128 {
  private readonly s = new Uint32Array(4);

  /** @param seed an integer; its lower 32 bits count. */
  constructor(seed: number) {
    let state = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      state = (state + 0x9e3779b9) >>> 0;
      let z = state;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      this.s[i] = z ^ (z >>> 16);
    }
  }

  /** The next 32 bits, an unsigned integer. */
  nextUint32(): number {
    const { s } = this;
    const product = Math.imul(s[1], 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** Uniform on [0, 1), a multiple of 2^-32. */
  nextUniform(): number {
    return this.nextUint32() / 4_294_967_296;
  }
}
