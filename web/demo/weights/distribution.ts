/// How weights are spread: fine bins, which the page joins as it needs them.

/** Odd, so that 0 lies in the middle of one. */
const fineBins = 8193;

export interface Distribution {
  /** The bins span −most … most. */
  readonly most: number;
  /** √ mean w² */
  readonly rms: number;
  readonly counts: Uint32Array;
}

export function distributionOf(weights: Float32Array): Distribution {
  let most = 0;
  let squares = 0;
  for (const weight of weights) {
    most = Math.max(most, Math.abs(weight));
    squares += weight * weight;
  }
  const counts = new Uint32Array(fineBins);
  const perUnit = most > 0 ? fineBins / (2 * most) : 0;
  for (const weight of weights) ++counts[Math.min(Math.floor((weight + most) * perUnit), fineBins - 1)]!;
  return { most, rms: Math.sqrt(squares / weights.length), counts };
}

export interface Bins {
  /** The bins span −range … range; `beyond` weights lie outside. */
  readonly range: number;
  readonly counts: Float64Array;
  readonly beyond: number;
}

/** About `wanted` bins, an odd number, over −range … range. */
export function join({ most, counts }: Distribution, range: number, wanted: number): Bins {
  const width = (2 * most) / counts.length; // of a fine bin
  const middle = (counts.length - 1) / 2;
  const fine = Math.max(1, Math.round((2 * range) / wanted / width / 2) * 2 - 1); // fine bins a bin, odd
  const half = Math.max(0, Math.ceil((range / width - fine / 2) / fine)); // bins on either side of the middle one
  const joined = new Float64Array(2 * half + 1);
  let beyond = 0;
  counts.forEach((one, i) => {
    const bin = half + Math.floor((i - middle) / fine + 0.5);
    if (bin >= 0 && bin < joined.length) joined[bin]! += one;
    else beyond += one;
  });
  return { range: joined.length * fine * (width / 2), counts: joined, beyond };
}
