/** A random permutation of 0 … count − 1 that depends on `seed` alone (Fisher and Yates' shuffle). */
export function shuffled(count: number, seed: number): number[] {
  const next = randomIntegers(seed);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; --i) {
    const j = next() % (i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** 32-bit integers: a Weyl sequence through the finaliser of MurmurHash3. */
function randomIntegers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let x = state;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return (x ^ (x >>> 16)) >>> 0;
  };
}

/** The seed of the address's `order`, or null. Throws for what is no seed. */
export function parseSeed(text: string | null): number | null {
  if (text === null) return null;
  const seed = Number(text);
  if (!/^\d+$/.test(text) || seed >= 2 ** 32) throw new Error(`The address's order=${text} is no integer from 0 to 4294967295.`);
  return seed;
}
