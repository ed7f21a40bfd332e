/// Seeded random numbers, the same everywhere: xoshiro128++ over 32-bit integers.

const rotated = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

export class Random {
  readonly #state = new Int32Array(4);

  constructor(seed: number) {
    // The four words come from a generator whose state is a counter, so that no seed makes them all zero.
    for (let i = 0; i < 4; ++i) {
      let word = (seed + Math.imul(i + 1, 0x9e3779b9)) | 0;
      word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
      word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
      this.#state[i] = word ^ (word >>> 16);
    }
  }

  /** 0 ≤ x < 1, a multiple of 2⁻³². */
  uniform(): number {
    const state = this.#state;
    const [s0, s1, s2, s3] = [state[0]!, state[1]!, state[2]!, state[3]!];
    const result = (rotated((s0 + s3) | 0, 7) + s0) >>> 0;
    state[2] = s2 ^ s0;
    state[3] = rotated(s3 ^ s1, 11);
    state[1] = s1 ^ state[2];
    state[0] = s0 ^ s3 ^ s1;
    state[2] ^= s1 << 9;
    return result / 2 ** 32;
  }

  between(least: number, most: number): number {
    return least + this.uniform() * (most - least);
  }

  /** Mean 0, variance 1, within ±√12: the sum of four uniform numbers. */
  bell(): number {
    return (this.uniform() + this.uniform() + this.uniform() + this.uniform() - 2) * Math.sqrt(3);
  }

  /** 0 … count - 1 in random order. */
  order(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    for (let last = count - 1; last > 0; --last) {
      const other = Math.floor(this.uniform() * (last + 1));
      [order[last], order[other]] = [order[other]!, order[last]!];
    }
    return order;
  }
}
